CREATE TABLE search_posts (
    number        BIGINT PRIMARY KEY,
    post          BIGINT NOT NULL UNIQUE,
    words         TSVECTOR NOT NULL
);
CREATE INDEX search_posts_by_word ON search_posts USING gin (words);
