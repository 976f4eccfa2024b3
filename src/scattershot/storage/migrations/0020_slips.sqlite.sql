-- The words of slips that people may search, newest last. The index keeps no text: to be taken out, words are told again.
CREATE TABLE slip_texts (
    slip          INTEGER PRIMARY KEY,
    words         TEXT NOT NULL
);
CREATE VIRTUAL TABLE slip_words USING fts5 (words, tokenize = 'ascii', content = '', columnsize = 0);
