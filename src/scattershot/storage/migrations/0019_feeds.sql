-- Feeds: who is called back when a feed of ours has something new, and who asked to be.

CREATE TABLE callbacks (            -- verified subscriptions, by WebSub or rssCloud; `until` ends them
    id            {serial},
    way           TEXT NOT NULL,
    topic         TEXT NOT NULL,                            -- the address of the feed as the subscriber names it
    subject       TEXT NOT NULL,                            -- what the feed is about, in ids of our own
    endpoint      BIGINT NOT NULL REFERENCES endpoints (id),
    secret        TEXT NOT NULL DEFAULT '',                 -- by which what we send is signed
    method        TEXT NOT NULL DEFAULT '',                 -- of XML-RPC: the procedure to call
    until         BIGINT NOT NULL,
    UNIQUE (endpoint, way, topic)
);
CREATE INDEX callbacks_by_subject ON callbacks (subject);
CREATE INDEX callbacks_by_until ON callbacks (until);

CREATE TABLE callback_asks (        -- what was asked of our hub and is to be verified first
    id            {serial},
    mode          TEXT NOT NULL,                            -- subscribe or unsubscribe
    topic         TEXT NOT NULL,
    address       TEXT NOT NULL,
    secret        TEXT NOT NULL,
    lease         BIGINT NOT NULL,                          -- seconds
    attempts      BIGINT NOT NULL DEFAULT 0,
    due           BIGINT NOT NULL,
    UNIQUE (address, topic)
);
CREATE INDEX callback_asks_by_due ON callback_asks (due);
