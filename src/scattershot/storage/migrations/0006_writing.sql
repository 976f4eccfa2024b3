-- What belongs to writing: posts asked for under a name of the sender's, and posts that are not made yet.

CREATE TABLE sent (             -- so that a post sent twice is made once; forgotten after a day
    author        BIGINT NOT NULL,
    once          TEXT NOT NULL,
    post          BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (author, once)
) {without_rowid};
CREATE INDEX sent_by_age ON sent (at);

CREATE TABLE drafts (           -- without a moment: kept until their author comes back to them
    id            {serial},
    author        BIGINT NOT NULL,
    writer        BIGINT REFERENCES people (id),
    at            BIGINT,
    changed       BIGINT NOT NULL,
    value         TEXT NOT NULL
);
CREATE INDEX drafts_by_author ON drafts (author, id);
CREATE INDEX drafts_due ON drafts (at) WHERE at IS NOT NULL;
CREATE INDEX drafts_by_writer ON drafts (writer);

CREATE TABLE quiet_threads (    -- conversations of which a microblog is told no more
    microblog     BIGINT NOT NULL,
    thread        BIGINT NOT NULL,
    PRIMARY KEY (microblog, thread)
) {without_rowid};
CREATE INDEX quiet_threads_by_thread ON quiet_threads (thread);
