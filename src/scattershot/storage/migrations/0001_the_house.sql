-- The house as it was first built. Moments are milliseconds since 1970 (BIGINT); ids of microblogs, posts and boosts
-- are snowflakes that sort by time; a column called value holds the whole thing as JSON, the columns beside it are
-- what SQL asks about.

CREATE TABLE facts (            -- what the node knows of itself: its actor, the secret of its cookies
    name        TEXT PRIMARY KEY,
    value       TEXT NOT NULL
);

-- Other servers, and their doors.

CREATE TABLE nodes (
    id            {serial},
    host          TEXT NOT NULL UNIQUE,
    software      TEXT NOT NULL DEFAULT '',
    version       TEXT NOT NULL DEFAULT '',
    standing      TEXT NOT NULL DEFAULT 'normal',
    dialect       TEXT NOT NULL DEFAULT '',
    heard_at      BIGINT NOT NULL DEFAULT 0,
    failures      BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    retry_at      BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE endpoints (
    id            {serial},
    node          BIGINT NOT NULL REFERENCES nodes (id),
    protocol      TEXT NOT NULL,
    kind          TEXT NOT NULL,
    address       TEXT NOT NULL,
    gone          BOOLEAN NOT NULL DEFAULT FALSE,
    lapsed_from   BIGINT,
    UNIQUE (protocol, address)
);
CREATE INDEX endpoints_by_node ON endpoints (node);

-- People, and what they sign in with. Tokens and links are kept as SHA-256 hashes only.

CREATE TABLE people (
    id            {serial},
    name          TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    secret        TEXT NOT NULL DEFAULT '',
    created       BIGINT NOT NULL,
    disabled      BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE sign_in_links (
    hash          {blob} PRIMARY KEY,
    person        BIGINT REFERENCES people (id),    -- null: whoever follows it makes the owner's account
    expires       BIGINT NOT NULL
);

CREATE TABLE sessions (
    hash          {blob} PRIMARY KEY,
    person        BIGINT NOT NULL REFERENCES people (id),
    created       BIGINT NOT NULL,
    expires       BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);

CREATE TABLE tokens (
    id            {serial},
    hash          {blob} NOT NULL UNIQUE,
    person        BIGINT NOT NULL REFERENCES people (id),
    microblog     BIGINT NOT NULL,
    scopes        TEXT NOT NULL,
    created       BIGINT NOT NULL
);

-- Microblogs: local and remote alike.

CREATE TABLE microblogs (
    id            BIGINT PRIMARY KEY,
    local         BOOLEAN NOT NULL,
    name          TEXT NOT NULL,
    domain        TEXT NOT NULL,
    node          BIGINT REFERENCES nodes (id),     -- null for those kept here
    endpoint      BIGINT REFERENCES endpoints (id), -- where it hears from us; null for those kept here
    locked        BOOLEAN NOT NULL DEFAULT FALSE,
    gone          BOOLEAN NOT NULL DEFAULT FALSE,
    standing      TEXT NOT NULL DEFAULT 'normal',
    moved_to      BIGINT,
    created       BIGINT NOT NULL,
    fetched_at    BIGINT NOT NULL DEFAULT 0,
    last_post     BIGINT,
    value         TEXT NOT NULL
);
CREATE INDEX microblogs_by_handle ON microblogs (domain, name);
CREATE INDEX microblogs_here ON microblogs (local, id);

CREATE TABLE names (            -- every name ever given here: kept after its microblog is gone, never given twice
    domain        TEXT NOT NULL,
    name          TEXT NOT NULL,
    microblog     BIGINT NOT NULL,
    PRIMARY KEY (domain, name)
);

CREATE TABLE keepers (
    person        BIGINT NOT NULL REFERENCES people (id),
    microblog     BIGINT NOT NULL REFERENCES microblogs (id),
    role          TEXT NOT NULL,
    PRIMARY KEY (person, microblog)
);
CREATE INDEX keepers_by_microblog ON keepers (microblog);

CREATE TABLE keys (
    id            TEXT PRIMARY KEY,                 -- the key's public name on the wire
    microblog     BIGINT NOT NULL REFERENCES microblogs (id),
    algorithm     TEXT NOT NULL,
    public        TEXT NOT NULL,
    private       TEXT                              -- PKCS#8 PEM, for microblogs kept here
);
CREATE INDEX keys_by_microblog ON keys (microblog);

-- What each wire calls a thing; one name means one thing, a thing may have many names.

CREATE TABLE wire_ids (
    protocol      TEXT NOT NULL,
    value         TEXT NOT NULL,
    kind          TEXT NOT NULL,                    -- microblog, post, boost, tombstone
    thing         BIGINT NOT NULL,
    PRIMARY KEY (protocol, value)
) {without_rowid};
CREATE INDEX wire_ids_by_thing ON wire_ids (thing, kind);

-- Posts, and what is asked about them.

CREATE TABLE posts (
    id            BIGINT PRIMARY KEY,
    author        BIGINT NOT NULL REFERENCES microblogs (id),
    audience      TEXT NOT NULL,
    form          TEXT NOT NULL,
    local         BOOLEAN NOT NULL,
    writer        BIGINT,                           -- the person who wrote it, for microblogs kept here
    published     BIGINT NOT NULL,
    edited        BIGINT,
    reply_to      BIGINT,
    reply_author  BIGINT,
    reply_wire    TEXT,                             -- the parent's wire id while the parent is unknown
    thread        BIGINT NOT NULL,                  -- the first post of the conversation, as far as we know
    quote         BIGINT,
    likes         BIGINT NOT NULL DEFAULT 0,
    boosts        BIGINT NOT NULL DEFAULT 0,
    replies       BIGINT NOT NULL DEFAULT 0,
    version       BIGINT NOT NULL DEFAULT 1,
    gone          BOOLEAN NOT NULL DEFAULT FALSE,   -- taken back: the row stays as a tombstone, the value is emptied
    value         TEXT NOT NULL
);
CREATE INDEX posts_by_author ON posts (author, id);
CREATE INDEX posts_by_thread ON posts (thread, id);
CREATE INDEX posts_by_parent ON posts (reply_to, id) WHERE reply_to IS NOT NULL;
CREATE INDEX posts_by_missing_parent ON posts (reply_wire) WHERE reply_wire IS NOT NULL;
CREATE INDEX posts_public ON posts (id) WHERE audience = 'public';
CREATE INDEX posts_public_here ON posts (id) WHERE audience = 'public' AND local;

CREATE TABLE edits (            -- how a post read before
    post          BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    value         TEXT NOT NULL,
    PRIMARY KEY (post, at)
) {without_rowid};

CREATE TABLE mentions (         -- everybody a post is for by name; silent: addressed without being named
    post          BIGINT NOT NULL,
    microblog     BIGINT NOT NULL,
    silent        BOOLEAN NOT NULL,
    PRIMARY KEY (post, microblog)
) {without_rowid};
CREATE INDEX mentions_by_microblog ON mentions (microblog, post);

CREATE TABLE tags (
    tag           TEXT NOT NULL,
    post          BIGINT NOT NULL,
    PRIMARY KEY (tag, post)
) {without_rowid};
CREATE INDEX tags_by_post ON tags (post);

CREATE TABLE votes (
    post          BIGINT NOT NULL,
    voter         BIGINT NOT NULL,
    choice        BIGINT NOT NULL,                  -- place of the answer, from 0
    PRIMARY KEY (post, voter, choice)
) {without_rowid};

CREATE TABLE signed_copies (    -- an activity with its author's own proof, kept to be passed on as it came (FEP-8b32)
    wire_id       TEXT PRIMARY KEY,
    body          {blob} NOT NULL,
    at            BIGINT NOT NULL
);

-- Relations.

CREATE TABLE follows (
    follower      BIGINT NOT NULL,
    followee      BIGINT NOT NULL,
    accepted      BOOLEAN NOT NULL,
    wire_id       TEXT NOT NULL DEFAULT '',
    at            BIGINT NOT NULL,
    PRIMARY KEY (followee, follower)
) {without_rowid};
CREATE UNIQUE INDEX follows_by_follower ON follows (follower, followee, accepted);
CREATE INDEX follows_by_wire_id ON follows (wire_id) WHERE wire_id <> '';

CREATE TABLE boosts (
    id            BIGINT PRIMARY KEY,
    booster       BIGINT NOT NULL,
    post          BIGINT NOT NULL,
    audience      TEXT NOT NULL,
    at            BIGINT NOT NULL,
    UNIQUE (post, booster)
);
CREATE INDEX boosts_by_booster ON boosts (booster, id);

CREATE TABLE likes (
    post          BIGINT NOT NULL,
    liker         BIGINT NOT NULL,
    emoji         TEXT NOT NULL DEFAULT '',
    wire_id       TEXT NOT NULL DEFAULT '',
    at            BIGINT NOT NULL,
    PRIMARY KEY (post, liker, emoji)
) {without_rowid};
CREATE INDEX likes_by_liker ON likes (liker, post);
CREATE INDEX likes_by_wire_id ON likes (wire_id) WHERE wire_id <> '';

CREATE TABLE blocks (
    blocker       BIGINT NOT NULL,
    blocked       BIGINT NOT NULL,
    wire_id       TEXT NOT NULL DEFAULT '',
    at            BIGINT NOT NULL,
    PRIMARY KEY (blocker, blocked)
) {without_rowid};
CREATE INDEX blocks_by_blocked ON blocks (blocked, blocker);
CREATE INDEX blocks_by_wire_id ON blocks (wire_id) WHERE wire_id <> '';

CREATE TABLE mutes (
    muter         BIGINT NOT NULL,
    muted         BIGINT NOT NULL,
    expires       BIGINT,
    at            BIGINT NOT NULL,
    PRIMARY KEY (muter, muted)
) {without_rowid};

CREATE TABLE pins (
    microblog     BIGINT NOT NULL,
    post          BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (microblog, post)
) {without_rowid};

CREATE TABLE reports (
    id            {serial},
    reporter      BIGINT NOT NULL,
    target        BIGINT NOT NULL,
    posts         TEXT NOT NULL,                    -- JSON list of post ids
    comment       TEXT NOT NULL,
    at            BIGINT NOT NULL,
    resolved_at   BIGINT
);

-- The change log and those who read it.

CREATE TABLE log (
    seq           {serial},
    at            BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    actor         BIGINT NOT NULL,
    post          BIGINT,
    target        BIGINT,
    boost         BIGINT,
    local         BOOLEAN NOT NULL,
    via           TEXT NOT NULL,
    wire_id       TEXT NOT NULL DEFAULT '',
    detail        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX log_by_post ON log (post, seq) WHERE post IS NOT NULL;
CREATE INDEX log_made_here ON log (seq) WHERE local;

CREATE TABLE cursors (
    reader        TEXT PRIMARY KEY,
    seq           BIGINT NOT NULL
);

CREATE TABLE timeline (         -- home timelines: entry is the post itself, or a boost of it
    owner         BIGINT NOT NULL,
    entry         BIGINT NOT NULL,
    post          BIGINT NOT NULL,
    PRIMARY KEY (owner, entry)
) {without_rowid};

CREATE TABLE notifications (
    id            {serial},
    owner         BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    sender        BIGINT NOT NULL,
    post          BIGINT NOT NULL DEFAULT 0,        -- 0: about no post
    at            BIGINT NOT NULL,
    UNIQUE (owner, kind, sender, post)
);
CREATE INDEX notifications_by_owner ON notifications (owner, id);

CREATE TABLE markers (          -- how far a microblog's keepers have looked at something
    microblog     BIGINT NOT NULL,
    name          TEXT NOT NULL,
    place         BIGINT NOT NULL,
    PRIMARY KEY (microblog, name)
) {without_rowid};

-- Coming in.

CREATE TABLE seen (             -- changes already taken, by the wire's name for them
    protocol      TEXT NOT NULL,
    value         TEXT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (protocol, value)
) {without_rowid};
CREATE INDEX seen_by_age ON seen (at);

CREATE TABLE arrivals (         -- what could not be read at once, because something it speaks of is not here yet
    id            {serial},
    protocol      TEXT NOT NULL,
    sender        TEXT NOT NULL,
    host          TEXT NOT NULL,
    body          {blob} NOT NULL,
    at            BIGINT NOT NULL,
    proven        BOOLEAN NOT NULL,
    attempts      BIGINT NOT NULL DEFAULT 0,
    due           BIGINT NOT NULL,
    refused       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX arrivals_due ON arrivals (due) WHERE refused = '';

CREATE TABLE wanted (           -- things spoken of that would be good to have: parents, quotes, replies, back posts
    protocol      TEXT NOT NULL,
    value         TEXT NOT NULL,
    why           TEXT NOT NULL,
    depth         BIGINT NOT NULL,
    attempts      BIGINT NOT NULL DEFAULT 0,
    due           BIGINT NOT NULL,
    PRIMARY KEY (protocol, value)
) {without_rowid};
CREATE INDEX wanted_due ON wanted (due);

CREATE TABLE watches (          -- followed authors elsewhere, and up to when we surely have what they wrote
    microblog     BIGINT PRIMARY KEY,
    complete_to   BIGINT NOT NULL,
    due           BIGINT NOT NULL,
    failures      BIGINT NOT NULL DEFAULT 0,
    page          TEXT NOT NULL DEFAULT '',         -- where an unfinished catch-up goes on
    page_newest   BIGINT NOT NULL DEFAULT 0         -- the newest post that catch-up saw
);
CREATE INDEX watches_due ON watches (due);

-- Going out.

CREATE TABLE deliveries (
    id            {serial},
    endpoint      BIGINT NOT NULL REFERENCES endpoints (id),
    node          BIGINT NOT NULL REFERENCES nodes (id),
    seq           BIGINT NOT NULL,
    actor         BIGINT NOT NULL,
    attempts      BIGINT NOT NULL DEFAULT 0,
    UNIQUE (endpoint, seq)
);
CREATE INDEX deliveries_by_node ON deliveries (node, id);
