-- When what follows from a change was done, so that a post can be traced; dropped again after a few days.

CREATE TABLE delivered (        -- a delivery that was struck off
    seq           BIGINT NOT NULL,
    endpoint      BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (seq, endpoint)
) {without_rowid};
CREATE INDEX delivered_by_age ON delivered (at);

CREATE TABLE steps (            -- a reader has dealt with everything up to that place
    reader        TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (reader, seq)
) {without_rowid};
CREATE INDEX steps_by_age ON steps (at);
