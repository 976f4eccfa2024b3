-- What people carry from node to node: files given in, taken over line by line, and archives of all that is theirs.

CREATE TABLE imports (          -- a file that was given in; dropped some time after it ended
    id            {serial},
    microblog     BIGINT NOT NULL,
    file          TEXT NOT NULL,                    -- which of the files: following_accounts, lists ...
    overwrite     BOOLEAN NOT NULL,                 -- what is not in the file is ended
    state         TEXT NOT NULL,                    -- coming, clearing, bringing, done
    cleared       BIGINT NOT NULL,                  -- how far clearing came
    total         BIGINT NOT NULL,
    failed        BIGINT NOT NULL,
    remaining     BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    ended         BIGINT
);
CREATE INDEX imports_by_microblog ON imports (microblog, id);
CREATE INDEX imports_under_way ON imports (id) WHERE state <> 'done';
CREATE INDEX imports_ended ON imports (ended) WHERE ended IS NOT NULL;

CREATE TABLE import_lines (     -- a line to be taken over, or that could not be: then `why` says the reason in words
    import_id     BIGINT NOT NULL,
    number        BIGINT NOT NULL,
    name          TEXT NOT NULL,                    -- what it names, spelt so that it can be found
    title         TEXT NOT NULL,                    -- of the list
    value         TEXT NOT NULL,
    why           TEXT,
    attempts      BIGINT NOT NULL DEFAULT 0,
    due           BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, number)
) {without_rowid};
CREATE INDEX import_lines_due ON import_lines (import_id, due, number) WHERE why IS NULL;
CREATE INDEX import_lines_failed ON import_lines (import_id, number) WHERE why IS NOT NULL;
CREATE INDEX import_lines_by_name ON import_lines (import_id, name);

CREATE TABLE archives (         -- all that is a microblog's in one file; named before it is there, and until it is gone
    id            {serial},
    microblog     BIGINT NOT NULL,
    name          TEXT NOT NULL,
    state         TEXT NOT NULL,                    -- wanted, ready, failed
    bytes         BIGINT NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX archives_by_microblog ON archives (microblog, id);
CREATE INDEX archives_wanted ON archives (id) WHERE state = 'wanted';
CREATE INDEX archives_by_age ON archives (at);
