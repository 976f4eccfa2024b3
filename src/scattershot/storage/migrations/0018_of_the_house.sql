-- What those who run the node say to everybody here.

CREATE TABLE announcements (          -- words to all who sign in here; published is null of one that is not shown
    id            {serial},
    published     BIGINT,
    starts        BIGINT,
    ends          BIGINT,
    all_day       BOOLEAN NOT NULL DEFAULT FALSE,
    changed       BIGINT NOT NULL,
    value         {json} NOT NULL
);

CREATE TABLE announcements_read (     -- who has seen which and wants it out of the way
    microblog     BIGINT NOT NULL,
    announcement  BIGINT NOT NULL,
    PRIMARY KEY (microblog, announcement)
) {without_rowid};
CREATE INDEX announcements_read_by_one ON announcements_read (announcement);

CREATE TABLE announcement_reactions ( -- an emoji that somebody put beneath one; picture is of one of the house's own
    announcement  BIGINT NOT NULL,
    emoji         TEXT NOT NULL,
    microblog     BIGINT NOT NULL,
    picture       TEXT NOT NULL DEFAULT '',
    at            BIGINT NOT NULL,
    PRIMARY KEY (announcement, emoji, microblog)
) {without_rowid};
CREATE INDEX announcement_reactions_by_one ON announcement_reactions (microblog);

CREATE TABLE house_emojis (           -- the node's own emojis; media is the upload that is their picture
    id            {serial},
    shortcode     TEXT NOT NULL,
    media         BIGINT NOT NULL,
    url           TEXT NOT NULL,
    still         TEXT NOT NULL,                    -- the same where it does not move
    category      TEXT NOT NULL DEFAULT '',
    offered       BOOLEAN NOT NULL DEFAULT TRUE,    -- whether it is shown to whoever chooses one
    at            BIGINT NOT NULL
);
CREATE UNIQUE INDEX house_emojis_by_shortcode ON house_emojis (shortcode);

CREATE TABLE weekly_people (          -- who was here in which week, counted from 1970; for the node's figures
    week          BIGINT NOT NULL,
    person        BIGINT NOT NULL,
    PRIMARY KEY (week, person)
) {without_rowid};
CREATE INDEX weekly_people_by_person ON weekly_people (person);
CREATE INDEX people_by_time ON people (created);

-- Microblogs all of whose posts are shown as sensitive, because those who run the node say so.

ALTER TABLE microblogs ADD COLUMN sensitive BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX microblogs_sensitive ON microblogs (id) WHERE sensitive;
