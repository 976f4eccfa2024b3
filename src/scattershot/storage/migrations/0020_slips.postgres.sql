-- The words of slips that people may search.
CREATE TABLE slip_texts (
    slip          BIGINT PRIMARY KEY,
    words         TSVECTOR NOT NULL
);
CREATE INDEX slip_texts_by_word ON slip_texts USING gin (words);
