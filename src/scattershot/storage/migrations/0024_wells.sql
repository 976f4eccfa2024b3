-- Wells: doors of other nodes at which slips are drawn and given, and who is met where.

CREATE TABLE wells (                                -- up to when all that was wished for at one was drawn, in seconds
    address       TEXT PRIMARY KEY,
    endpoint      BIGINT NOT NULL REFERENCES endpoints (id),
    reached       BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE well_authors (                         -- who is listened to at which; of those who left, up to when they were
    author        TEXT NOT NULL,
    address       TEXT NOT NULL,
    left_at       BIGINT,
    PRIMARY KEY (author, address)
) {without_rowid};
CREATE INDEX well_authors_by_address ON well_authors (address);

CREATE TABLE well_uses (                            -- what somebody uses a well for, as they say or as others hint
    author        TEXT NOT NULL,
    purpose       TEXT NOT NULL,                    -- writes, reads, letters, hint
    address       TEXT NOT NULL,
    at            BIGINT NOT NULL,                  -- when that was said, in seconds
    PRIMARY KEY (author, purpose, address)
) {without_rowid};

CREATE TABLE letters (                              -- the sealed slips by which a private post goes to whom it is for
    post          BIGINT NOT NULL,
    reader        TEXT NOT NULL,
    slip          {blob} NOT NULL,
    seq           BIGINT NOT NULL,                  -- the change by which it was posted
    actor         BIGINT NOT NULL,
    at            BIGINT NOT NULL,                  -- in seconds
    PRIMARY KEY (post, reader)
) {without_rowid};
CREATE INDEX letters_by_reader ON letters (reader, at);

CREATE TABLE letter_rooms (                         -- the last letter among the same few, to which the next belongs
    room          {blob} PRIMARY KEY,
    name          TEXT NOT NULL,
    at            BIGINT NOT NULL
) {without_rowid};

-- What was written in private before is not said on another wire of a sudden.
INSERT INTO cursors (reader, seq) SELECT 'letters', coalesce(max(seq), 0) FROM log;
