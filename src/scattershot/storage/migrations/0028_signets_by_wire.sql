-- All who speak on a wire are found at once: others' relays are asked what is said to them.

CREATE INDEX signets_by_protocol ON signets (protocol, microblog);
