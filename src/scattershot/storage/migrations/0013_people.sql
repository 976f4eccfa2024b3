-- How microblogs stand to each other beyond following and blocking, how they wish to be found and read, and how many
-- hear them.

ALTER TABLE mutes ADD COLUMN notifications BOOLEAN NOT NULL DEFAULT TRUE;
CREATE INDEX mutes_by_time ON mutes (muter, at, muted);
CREATE INDEX mutes_ending ON mutes (expires) WHERE expires IS NOT NULL;
CREATE INDEX blocks_by_time ON blocks (blocker, at, blocked);
CREATE INDEX follows_heard ON follows (followee, at, follower);
CREATE INDEX follows_hearing ON follows (follower, at, followee);
CREATE INDEX follows_waiting ON follows (followee, at, follower) WHERE NOT accepted;

CREATE TABLE shunned (          -- domains of which a microblog hears nothing, and with which it does not deal
    microblog     BIGINT NOT NULL,
    domain        TEXT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (microblog, domain)
) {without_rowid};
CREATE INDEX shunned_by_time ON shunned (microblog, at, domain);

CREATE TABLE remarks (          -- what a microblog's keepers noted of another, for their own eyes
    microblog     BIGINT NOT NULL,
    about         BIGINT NOT NULL,
    text          TEXT NOT NULL,
    PRIMARY KEY (microblog, about)
) {without_rowid};

CREATE TABLE endorsements (     -- others whom a microblog shows on its page as worth following
    microblog     BIGINT NOT NULL,
    endorsed      BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (microblog, endorsed)
) {without_rowid};
CREATE INDEX endorsements_by_time ON endorsements (microblog, at, endorsed);
CREATE INDEX endorsements_by_endorsed ON endorsements (endorsed);

CREATE TABLE featured_tags (    -- tags that a microblog shows on its page; name is the spelling it chose
    id            {serial},
    microblog     BIGINT NOT NULL,
    tag           TEXT NOT NULL,
    name          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    UNIQUE (microblog, tag)
);

CREATE TABLE dismissed (        -- suggestions that a microblog does not want to see again
    microblog     BIGINT NOT NULL,
    suggested     BIGINT NOT NULL,
    PRIMARY KEY (microblog, suggested)
) {without_rowid};

CREATE TABLE preferences (      -- how a microblog's keepers like to post and read
    microblog     BIGINT PRIMARY KEY,
    value         TEXT NOT NULL
);

CREATE TABLE link_checks (      -- profiles whose links are to be looked at for one that leads back (rel=me)
    microblog     BIGINT PRIMARY KEY,
    due           BIGINT NOT NULL,
    checked       BIGINT NOT NULL DEFAULT 0,
    attempts      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX link_checks_due ON link_checks (due);

ALTER TABLE reports ADD COLUMN category TEXT NOT NULL DEFAULT 'other';

-- Who wrote an open post, beside its tags, so that those of one author are counted from the index alone.

ALTER TABLE tags ADD COLUMN author BIGINT;
UPDATE tags SET author = (SELECT p.author FROM posts p WHERE p.id = tags.post AND p.audience IN ('public', 'unlisted'));
CREATE INDEX tags_by_author ON tags (author, tag, post) WHERE author IS NOT NULL;

CREATE INDEX posts_of_author_with_media ON posts (author, id) WHERE has_media;

-- Who wishes to be found.

ALTER TABLE microblogs ADD COLUMN listed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX microblogs_listed_new ON microblogs (id) WHERE listed;
CREATE INDEX microblogs_listed_active ON microblogs (last_post, id) WHERE listed;
CREATE INDEX microblogs_listed_here_new ON microblogs (id) WHERE listed AND local;
CREATE INDEX microblogs_listed_here_active ON microblogs (last_post, id) WHERE listed AND local;

-- How many follow a microblog, how many it follows, how many of its posts stand (those for a few by name aside): kept
-- by the engine itself, row by row, for counting a hundred thousand followers takes too long for every time one is seen.

CREATE TABLE counts (
    microblog     BIGINT PRIMARY KEY,
    followers     BIGINT NOT NULL DEFAULT 0,
    following     BIGINT NOT NULL DEFAULT 0,
    posts         BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX counts_by_followers ON counts (followers);
INSERT INTO counts (microblog, followers, following, posts)
    SELECT m.id,
        (SELECT count(*) FROM follows f WHERE f.followee = m.id AND f.accepted),
        (SELECT count(*) FROM follows f WHERE f.follower = m.id AND f.accepted),
        (SELECT count(*) FROM posts p WHERE p.author = m.id AND NOT p.gone AND p.audience <> 'mentioned')
    FROM microblogs m;
