-- The index holds no text of its own. To take words out of it again it must be told them, so they are kept, packed.
-- A number is the moment of the post in sixteenths of a second: half as large an index as with the ids themselves.

CREATE TABLE search_posts (
    number        INTEGER PRIMARY KEY,
    post          BIGINT NOT NULL UNIQUE,
    packed        BLOB NOT NULL
);
CREATE VIRTUAL TABLE search_words USING fts5 (words, traits, tokenize = 'ascii', content = '', columnsize = 0);
-- Merged a little less eagerly than by itself: a fifth less work for posts that come one at a time, and shorter waits.
INSERT INTO search_words (search_words, rank) VALUES ('automerge', 8);
