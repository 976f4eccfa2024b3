-- Hints: small datagrams by which nodes tell each other that there is news.

CREATE TABLE hint_listeners (                       -- nodes that are told by datagrams, while their lease lasts
    node          BIGINT NOT NULL PRIMARY KEY REFERENCES nodes (id),
    name          {blob} NOT NULL,                  -- what the node is called in messages
    sign          {blob} NOT NULL,                  -- its public keys
    agree         {blob} NOT NULL,
    address       TEXT NOT NULL,                    -- HOST:PORT from which it answered
    hint_group    TEXT NOT NULL DEFAULT '',         -- the group by which it hears, empty: by its address
    token         {blob} NOT NULL,
    until         BIGINT NOT NULL,
    last          BIGINT NOT NULL                   -- place in the log of what was hinted last
) {without_rowid};
CREATE INDEX hint_listeners_by_until ON hint_listeners (until);

CREATE TABLE hint_groups (                          -- groups to which hints are sent, and what was hinted there last
    address       TEXT NOT NULL PRIMARY KEY,
    last          BIGINT NOT NULL
) {without_rowid};

CREATE TABLE hint_tellers (                         -- nodes that tell us, or were asked whether they would
    host          TEXT NOT NULL PRIMARY KEY,
    name          {blob} NOT NULL,
    sign          {blob} NOT NULL,
    agree         {blob} NOT NULL,
    epoch         {blob} NOT NULL,
    position      BIGINT NOT NULL,                  -- everything up to that serial of the epoch is here
    address       TEXT NOT NULL,                    -- where its datagrams come from
    hint_group    TEXT NOT NULL,
    token         {blob} NOT NULL,
    until         BIGINT NOT NULL,
    silence       BIGINT NOT NULL,
    due           BIGINT NOT NULL,
    failures      BIGINT NOT NULL
) {without_rowid};
CREATE INDEX hint_tellers_by_due ON hint_tellers (due);
CREATE INDEX hint_tellers_by_until ON hint_tellers (until);

-- A delivery that is held back while its node is told by datagram; 0 is not at all.
ALTER TABLE deliveries ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX deliveries_held ON deliveries (held_until) WHERE held_until > 0;
