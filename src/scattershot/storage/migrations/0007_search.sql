-- What is searched and what is talked about. All of it follows from the posts and profiles, and may be made anew.

CREATE TABLE search_todo (      -- what is still to be taken up: the first run over an old store, authors who changed their mind
    kind          TEXT NOT NULL,                    -- microblogs; posts; post
    thing         BIGINT NOT NULL,                  -- whose posts, or which post; 0: everybody's
    below         BIGINT NOT NULL,                  -- how far it has come: newest first
    PRIMARY KEY (kind, thing)
) {without_rowid};
INSERT INTO search_todo (kind, thing, below) SELECT 'microblogs', 0, coalesce(max(id), 0) + 1 FROM microblogs;
INSERT INTO search_todo (kind, thing, below) SELECT 'posts', 0, coalesce(max(id), 0) + 1 FROM posts;
INSERT INTO cursors (reader, seq) SELECT 'search', coalesce(max(seq), 0) FROM log;

CREATE TABLE search_microblogs (-- what search must know of everybody
    microblog     BIGINT PRIMARY KEY,
    indexable     BOOLEAN NOT NULL,                 -- strangers may find the public posts (FEP-5feb)
    discoverable  BOOLEAN NOT NULL,
    robot         BOOLEAN NOT NULL,
    rank          BIGINT NOT NULL                   -- how many follow, halved so often: small is much followed
);

CREATE TABLE search_names (     -- handle, its parts, and the words of the display name, folded
    word          TEXT {bytewise} NOT NULL,
    rank          BIGINT NOT NULL,
    microblog     BIGINT NOT NULL,
    PRIMARY KEY (word, rank, microblog)
) {without_rowid};
CREATE INDEX search_names_by_microblog ON search_names (microblog, word);

CREATE TABLE search_tags (      -- every hashtag of a public post, folded, and how often the last seven days used it
    word          TEXT {bytewise} NOT NULL,
    tag           TEXT NOT NULL,
    week          BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (word, tag)
) {without_rowid};
CREATE INDEX search_tags_in_use ON search_tags (word, week) WHERE week > 0;

CREATE TABLE tagged (           -- public posts of the last days by hashtag, with who wrote them
    tag           TEXT NOT NULL,
    post          BIGINT NOT NULL,
    author        BIGINT NOT NULL,
    PRIMARY KEY (tag, post)
) {without_rowid};
CREATE INDEX tagged_by_post ON tagged (post);

CREATE TABLE links (            -- public posts of the last weeks by the pages they link to
    url           TEXT NOT NULL,
    post          BIGINT NOT NULL,
    author        BIGINT NOT NULL,
    PRIMARY KEY (url, post)
) {without_rowid};
CREATE INDEX links_by_post ON links (post);

CREATE TABLE stirred (          -- public posts that somebody liked or boosted lately
    post          BIGINT PRIMARY KEY
);

CREATE TABLE trends (           -- what is talked about, as it was reckoned last
    kind          TEXT NOT NULL,                    -- tag, link, post
    place         BIGINT NOT NULL,                  -- from 0
    name          TEXT NOT NULL,                    -- the tag, or the address; empty for a post
    post          BIGINT NOT NULL,                  -- the post, or 0
    score         DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (kind, place)
) {without_rowid};
