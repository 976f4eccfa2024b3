-- What reaches a timeline: how one hears those whom one follows, lists, followed tags, filters; and what one keeps.

ALTER TABLE follows ADD COLUMN boosts BOOLEAN NOT NULL DEFAULT TRUE;   -- whether what the followed boost comes too
ALTER TABLE follows ADD COLUMN notify BOOLEAN NOT NULL DEFAULT FALSE;   -- whether each new post is told of
ALTER TABLE follows ADD COLUMN languages TEXT NOT NULL DEFAULT '';      -- ' de en ': posts in these alone; '': in any
ALTER TABLE follows ADD COLUMN home BOOLEAN NOT NULL DEFAULT TRUE;      -- false: an exclusive list keeps them off home
CREATE INDEX follows_with_wishes ON follows (followee) WHERE notify OR languages <> '';
CREATE INDEX follows_in_languages ON follows (follower) WHERE languages <> '';

CREATE TABLE lists (            -- microblogs that a follower reads together
    id            {serial},
    owner         BIGINT NOT NULL,
    title         TEXT NOT NULL,
    replies       TEXT NOT NULL,                    -- whose answers it shows: to the followed, the list, none
    exclusive     BOOLEAN NOT NULL                  -- its members stay off the owner's home timeline
);
CREATE INDEX lists_by_owner ON lists (owner, id);

CREATE TABLE list_members (     -- who is in which list; owner is the list's
    list          BIGINT NOT NULL,
    member        BIGINT NOT NULL,
    owner         BIGINT NOT NULL,
    PRIMARY KEY (list, member)
) {without_rowid};
CREATE INDEX list_members_by_member ON list_members (member, owner);
CREATE INDEX list_members_by_owner ON list_members (owner, member);

CREATE TABLE followed_tags (    -- hashtags in lower case whose posts come to a home timeline
    id            {serial},
    microblog     BIGINT NOT NULL,
    tag           TEXT NOT NULL,
    UNIQUE (tag, microblog)
);
CREATE INDEX followed_tags_by_microblog ON followed_tags (microblog, id);

CREATE TABLE bookmarks (        -- posts kept to be found again; nobody else learns of it
    id            {serial},
    microblog     BIGINT NOT NULL,
    post          BIGINT NOT NULL,
    UNIQUE (microblog, post)
);
CREATE INDEX bookmarks_in_order ON bookmarks (microblog, id);
CREATE INDEX bookmarks_by_post ON bookmarks (post);

CREATE TABLE filters (          -- what a reader does not wish to see, and where
    id            {serial},
    microblog     BIGINT NOT NULL,
    title         TEXT NOT NULL,
    contexts      TEXT NOT NULL,                    -- words apart by spaces: home notifications public thread account
    action        TEXT NOT NULL,                    -- warn, hide, blur
    expires       BIGINT
);
CREATE INDEX filters_by_microblog ON filters (microblog, id);

CREATE TABLE filter_keywords (  -- a post with any of them meets the filter
    id            {serial},
    filter        BIGINT NOT NULL,
    keyword       TEXT NOT NULL,
    whole_word    BOOLEAN NOT NULL
);
CREATE INDEX filter_keywords_by_filter ON filter_keywords (filter, id);

CREATE TABLE filter_posts (     -- posts that meet the filter whatever they say
    id            {serial},
    filter        BIGINT NOT NULL,
    post          BIGINT NOT NULL,
    UNIQUE (filter, post)
);
CREATE INDEX filter_posts_by_post ON filter_posts (post);

-- Likes and boosts in the order in which they were given: place grows with time, and never stands twice for one liker.

ALTER TABLE likes ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE likes SET place = at * 65536 + (post + liker) % 65536;
CREATE INDEX likes_given ON likes (liker, place) WHERE emoji = '';
CREATE INDEX likes_received ON likes (post, place) WHERE emoji = '';
CREATE INDEX boosts_received ON boosts (post, id);

-- Timelines of posts with pictures, sound or film alone, and of what was written elsewhere.

ALTER TABLE posts ADD COLUMN has_media BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE posts SET has_media = TRUE WHERE value LIKE '%"attachments":[%';
CREATE INDEX posts_public_media ON posts (id) WHERE audience = 'public' AND has_media;
CREATE INDEX posts_public_elsewhere ON posts (id) WHERE audience = 'public' AND NOT local;
