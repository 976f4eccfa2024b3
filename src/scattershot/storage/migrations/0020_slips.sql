-- Slips: signed pieces of other wires, kept whole beside the changes, to be passed on as they are.

CREATE TABLE slips (
    seq           {serial},                         -- in the order they came; commit order too, for who follows it
    id            {blob} NOT NULL UNIQUE,
    author        {blob} NOT NULL,
    kind          BIGINT NOT NULL,
    at            BIGINT NOT NULL,                  -- seconds, as the author says
    place         {blob},                           -- of those in one place only the newest is kept
    expires       BIGINT,
    buries        BOOLEAN NOT NULL,                 -- it takes others away, and is not taken away itself
    keys          {blob} NOT NULL,                  -- those of slip_keys, one behind the other
    body          {blob} NOT NULL
);
CREATE UNIQUE INDEX slips_by_place ON slips (place) WHERE place IS NOT NULL;
CREATE INDEX slips_by_author ON slips (author, kind, at);
CREATE INDEX slips_by_kind ON slips (kind, at);
CREATE INDEX slips_by_moment ON slips (at, id, kind);  -- sets are compared in this order
CREATE INDEX slips_by_end ON slips (expires) WHERE expires IS NOT NULL;

CREATE TABLE slip_keys (                            -- by what they are found beside their author
    key           {blob} NOT NULL,
    kind          BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    slip          BIGINT NOT NULL,
    PRIMARY KEY (key, kind, at, slip)
) {without_rowid};

CREATE TABLE slip_graves (                          -- what was taken away, so that it does not come back
    author        {blob} NOT NULL,                  -- whose word it is; empty for what was addressed to somebody
    name          {blob} NOT NULL,                  -- an id, a place, a key; empty for all of the author's
    until         BIGINT NOT NULL,                  -- what is newer is not meant
    PRIMARY KEY (author, name)
) {without_rowid};
