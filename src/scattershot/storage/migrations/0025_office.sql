-- Of those who run the node: lists of hosts that others keep and this node follows, and relays.

CREATE TABLE block_lists (            -- a list at an address, as it was last read
    id            {serial},
    address       TEXT NOT NULL UNIQUE,
    by_itself     BOOLEAN NOT NULL,                         -- what it says is done without anybody looking first
    due           BIGINT NOT NULL,                          -- when it is read again
    checked       BIGINT NOT NULL DEFAULT 0,                -- when it was last read; 0: never
    said          TEXT NOT NULL DEFAULT '',                 -- what it said then
    tag           TEXT NOT NULL DEFAULT '',                 -- ETag of that answer
    problem       TEXT NOT NULL DEFAULT ''                  -- why it could not be read the last time, or was not followed
);
CREATE INDEX block_lists_by_due ON block_lists (due);

CREATE TABLE brought_rules (          -- rules that stand for a list's sake, as it put them
    host             TEXT PRIMARY KEY,
    list             BIGINT NOT NULL REFERENCES block_lists (id),
    standing         TEXT NOT NULL,
    rejects_media    BOOLEAN NOT NULL,
    rejects_reports  BOOLEAN NOT NULL
) {without_rowid};
CREATE INDEX brought_rules_by_list ON brought_rules (list);

CREATE TABLE relays (                 -- microblogs elsewhere that pass on what many nodes write
    microblog     BIGINT PRIMARY KEY REFERENCES microblogs (id),
    asker         BIGINT NOT NULL REFERENCES microblogs (id),   -- who of here follows it: the node itself
    added         BIGINT NOT NULL,
    ended         BOOLEAN NOT NULL DEFAULT FALSE                -- it is a relay still, and none of ours any more
);
