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

-- What those who run the node keep from being taken or handed out, on a wire of slips.

CREATE TABLE slip_bans (                            -- of an author, or of one slip
    name          {blob} PRIMARY KEY,
    author        BOOLEAN NOT NULL,                 -- that it is an author
    whose         {blob} NOT NULL,                  -- the author, of either
    reason        TEXT NOT NULL,
    at            BIGINT NOT NULL,
    before        BIGINT                            -- until when the author's own wish to be forgotten holds, where there was one
);

-- Keys that are kept elsewhere: there events are signed when somebody asks.

CREATE TABLE far_keys (                             -- who signs for a microblog
    microblog     BIGINT NOT NULL,
    protocol      TEXT NOT NULL,
    sealed        {blob} NOT NULL,                  -- how it is reached, with the key by which we ask
    problem       TEXT NOT NULL DEFAULT '',         -- why it did not sign the last time
    PRIMARY KEY (microblog, protocol)
) {without_rowid};
CREATE TABLE unsigned (                             -- what waits to be signed there, in this order
    id            {serial},
    microblog     BIGINT NOT NULL,
    protocol      TEXT NOT NULL,
    place         {blob},                           -- where it will lie, of what takes another's place
    body          {blob} NOT NULL,
    due           BIGINT NOT NULL,
    attempts      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX unsigned_by_microblog ON unsigned (microblog, id);
