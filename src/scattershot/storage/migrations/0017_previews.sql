-- What was left: bookmarks are part of one's library, why follows were lost.

ALTER TABLE severances ADD COLUMN cause TEXT NOT NULL DEFAULT 'node';  -- node, shunned, shut: see domain/notification

INSERT INTO search_todo (kind, thing, below) SELECT DISTINCT 'post', post, 4611686018427387904 FROM bookmarks
    WHERE post > 0 ON CONFLICT (kind, thing) DO NOTHING;

CREATE TABLE previews (         -- what pages that posts link to say of themselves; each page is asked once for the node
    id            {serial},
    url           TEXT NOT NULL UNIQUE,             -- in one spelling, without what only tells who passed it on
    value         TEXT NOT NULL DEFAULT '',         -- JSON; empty: there is nothing to show
    fetched       BIGINT NOT NULL DEFAULT 0,        -- when it was last asked, with whatever success
    due           BIGINT,                           -- when it is to be asked; NULL: not before it is linked to anew
    attempts      BIGINT NOT NULL DEFAULT 0         -- how often it could not be had, since it last could
);
CREATE INDEX previews_due ON previews (due) WHERE due IS NOT NULL;

CREATE TABLE previewed (        -- the page of which a post shows a preview: its first link
    post          BIGINT PRIMARY KEY,
    preview       BIGINT NOT NULL
) {without_rowid};
CREATE INDEX previewed_by_preview ON previewed (preview, post);
