-- Who speaks on a wire is looked through when its people bring letters.

CREATE INDEX signets_by_protocol ON signets (protocol, microblog);
