-- Media: what people upload, the files that are kept for it, and what others show, kept for a while. A row stands before
-- its file does and goes after it, so that no file is ever kept that no row names.

CREATE TABLE uploads (          -- a file that somebody here gave us, for a post or for a profile
    id            BIGINT PRIMARY KEY,
    owner         BIGINT NOT NULL,
    purpose       TEXT NOT NULL,                    -- post, avatar, header
    state         TEXT NOT NULL,                    -- coming, waiting, ready, failed, dropped
    post          BIGINT,                           -- the post that shows it
    drop_at       BIGINT,                           -- when it goes unless something shows it by then; null while it does
    created       BIGINT NOT NULL,
    value         {json} NOT NULL
);
CREATE INDEX uploads_by_owner ON uploads (owner, purpose);
CREATE INDEX uploads_by_post ON uploads (post) WHERE post IS NOT NULL;
CREATE INDEX uploads_free ON uploads (drop_at) WHERE drop_at IS NOT NULL;
CREATE INDEX uploads_not_ready ON uploads (id) WHERE state <> 'ready';

CREATE TABLE media_files (      -- each file of an upload, by its name in the store
    name          TEXT PRIMARY KEY,
    upload        BIGINT NOT NULL,
    media_type    TEXT NOT NULL,
    bytes         BIGINT NOT NULL
) {without_rowid};
CREATE INDEX media_files_by_upload ON media_files (upload);

CREATE TABLE remote_media (     -- what other nodes show, as far as it was looked at lately
    address       TEXT PRIMARY KEY,
    file          TEXT NOT NULL,
    media_type    TEXT NOT NULL,
    bytes         BIGINT NOT NULL,
    used          BIGINT NOT NULL
);
CREATE INDEX remote_media_by_use ON remote_media (used, bytes);
