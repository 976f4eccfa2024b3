-- Feeds elsewhere that are read here: how each stands, when it is asked next, and who tells us of it.

CREATE TABLE sources (              -- `due` is NULL while nobody here follows it, and after it ended
    microblog     BIGINT PRIMARY KEY REFERENCES microblogs (id),
    name          TEXT NOT NULL,                            -- what its microblog is called on the wire
    address       TEXT NOT NULL,                            -- where it is now
    due           BIGINT,
    checked       BIGINT NOT NULL DEFAULT 0,                -- when it was last read; 0: never
    newest        BIGINT,                                   -- when its newest entry was written
    failures      BIGINT NOT NULL DEFAULT 0,
    tag           TEXT NOT NULL DEFAULT '',                 -- ETag of its last answer
    modified      TEXT NOT NULL DEFAULT '',
    digest        TEXT NOT NULL DEFAULT '',                 -- of what it said, for those that know no 304
    pace          TEXT NOT NULL DEFAULT '{}',               -- what it asks of those who read it
    token         TEXT NOT NULL DEFAULT '',                 -- by which our callback for it is known
    secret        TEXT NOT NULL DEFAULT '',                 -- by which what a hub sends us is signed
    offer         TEXT NOT NULL DEFAULT '',                 -- who tells us, or was asked to
    told_until    BIGINT NOT NULL DEFAULT 0,
    attempts      BIGINT NOT NULL DEFAULT 0,
    asked         BIGINT NOT NULL DEFAULT 0,                -- when we last asked to be told
    heard         BIGINT NOT NULL DEFAULT 0                 -- when we were last told
);
CREATE INDEX sources_by_due ON sources (due) WHERE due IS NOT NULL;
CREATE UNIQUE INDEX sources_by_token ON sources (token) WHERE token <> '';
