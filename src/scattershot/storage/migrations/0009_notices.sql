-- What people are told and how they wish to be told it: notifications that wait, how far one has read, private
-- conversations, polls about to end, and pushes to phones. What is done to the table of notifications itself stands
-- beside this, for each engine by itself.

ALTER TABLE markers ADD COLUMN version BIGINT NOT NULL DEFAULT 1;   -- grows with every change
ALTER TABLE markers ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
UPDATE markers SET name = 'notifications' WHERE name = 'told';

CREATE TABLE notification_wishes (  -- whose notifications a microblog does not want at once, as JSON
    microblog     BIGINT PRIMARY KEY,
    value         TEXT NOT NULL
);

CREATE TABLE askers (               -- senders whose notifications wait, or were let in for good
    id            {serial},
    owner         BIGINT NOT NULL,
    sender        BIGINT NOT NULL,
    let_in        BOOLEAN NOT NULL DEFAULT FALSE,
    first_at      BIGINT NOT NULL,
    last_at       BIGINT NOT NULL,
    UNIQUE (owner, sender)
);
CREATE INDEX askers_waiting ON askers (owner, id) WHERE NOT let_in;
CREATE INDEX askers_by_sender ON askers (sender);

CREATE TABLE conversations (        -- private posts of one thread among the same few, as one of them has them
    id            {serial},
    owner         BIGINT NOT NULL,
    others        TEXT NOT NULL,                    -- ids of all but the owner, in order, with commas between
    newest        BIGINT NOT NULL,                  -- the last post; its thread is the conversation's
    shown         BOOLEAN NOT NULL DEFAULT TRUE,    -- false: put away, up to the newest post
    after         BIGINT NOT NULL DEFAULT 0,        -- posts up to here were put away
    unread        BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX conversations_in_order ON conversations (owner, newest) WHERE shown;
CREATE INDEX conversations_by_others ON conversations (owner, others);
CREATE INDEX conversations_by_newest ON conversations (newest);

CREATE TABLE ending_polls (         -- polls whose end somebody here is to be told of
    post          BIGINT PRIMARY KEY,
    ends          BIGINT NOT NULL
);
CREATE INDEX ending_polls_in_order ON ending_polls (ends);

CREATE TABLE severances (           -- follows of a microblog that ended because the node deals with another no more
    id            {serial},
    microblog     BIGINT NOT NULL,
    host          TEXT NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX severances_by_microblog ON severances (microblog, id);

CREATE TABLE severed (              -- whom a severance took: those followed, and followers
    severance     BIGINT NOT NULL REFERENCES severances (id) ON DELETE CASCADE,
    other         BIGINT NOT NULL,
    followed      BOOLEAN NOT NULL,                 -- true: the microblog followed the other
    PRIMARY KEY (severance, other, followed)
) {without_rowid};

CREATE TABLE warnings (             -- what those who run the node told a microblog's keepers
    id            {serial},
    microblog     BIGINT NOT NULL,
    measure       TEXT NOT NULL,                    -- what was done beside
    text          TEXT NOT NULL,
    posts         TEXT NOT NULL,                    -- JSON list of post ids
    at            BIGINT NOT NULL
);
CREATE INDEX warnings_by_microblog ON warnings (microblog, id);

CREATE TABLE push_subscriptions (   -- where a program wishes to be told what its microblog is told
    id            {serial},
    token         BIGINT NOT NULL UNIQUE REFERENCES access_tokens (id) ON DELETE CASCADE,
    microblog     BIGINT NOT NULL,
    endpoint      TEXT NOT NULL,
    point         {blob} NOT NULL,                  -- the subscriber's public key
    auth          {blob} NOT NULL,                  -- the secret shared with it
    standard      BOOLEAN NOT NULL,                 -- false: the coding of the drafts
    alerts        TEXT NOT NULL,                    -- kinds apart by spaces
    audience      TEXT NOT NULL,                    -- whose deeds: all, followed, follower, none
    sealed        {blob} NOT NULL,                  -- the access token, under a key that is not in the database
    made          BIGINT NOT NULL,
    refusals      BIGINT NOT NULL DEFAULT 0         -- in a row
);
CREATE INDEX push_subscriptions_by_microblog ON push_subscriptions (microblog);

CREATE TABLE pushes (               -- notifications that wait to be pushed; ids only
    id            {serial},
    subscription  BIGINT NOT NULL REFERENCES push_subscriptions (id) ON DELETE CASCADE,
    notification  BIGINT NOT NULL,
    made          BIGINT NOT NULL,
    attempts      BIGINT NOT NULL DEFAULT 0,
    due           BIGINT NOT NULL
);
CREATE INDEX pushes_due ON pushes (due);
CREATE INDEX pushes_by_subscription ON pushes (subscription);
