-- Copies that bridges make between wires.

CREATE TABLE copies (                               -- what a post says that it is a copy of, while that is not here
    protocol      TEXT NOT NULL,
    value         TEXT NOT NULL,
    post          BIGINT NOT NULL,
    PRIMARY KEY (protocol, value, post)
) {without_rowid};

-- A thing has one name on each wire, and a name is of one thing. Copies of it may have many.
DROP INDEX wire_ids_once;
CREATE UNIQUE INDEX wire_ids_once ON wire_ids (protocol, kind, thing)
    WHERE protocol IN ('activitypub', 'nostr') AND kind IN ('post', 'microblog', 'boost', 'deed', 'stand_in', 'shadow');
