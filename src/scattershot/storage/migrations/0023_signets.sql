-- Signets: the keys by which microblogs kept here sign what they say on wires of slips.

CREATE TABLE signets (                              -- of one microblog on one wire
    microblog     BIGINT NOT NULL REFERENCES microblogs (id),
    protocol      TEXT NOT NULL,
    public        TEXT,                             -- null until there is something to sign
    sealed        {blob},                           -- the private key, under a key that is not in the database
    speaks        BOOLEAN,                          -- what its keepers chose; null: as the house sees fit
    PRIMARY KEY (microblog, protocol)
) {without_rowid};

-- A thing has one name on Nostr: so nothing is said there twice.
CREATE UNIQUE INDEX wire_ids_once ON wire_ids (protocol, kind, thing)
    WHERE protocol = 'nostr' AND kind <> 'tombstone';

-- What was written before is not said on another wire of a sudden.
INSERT INTO cursors (reader, seq) SELECT 'uttering', coalesce(max(seq), 0) FROM log;
INSERT INTO cursors (reader, seq) SELECT 'hearing', coalesce(max(seq), 0) FROM slips;
