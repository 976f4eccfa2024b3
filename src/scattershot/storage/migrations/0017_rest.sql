-- What was left: bookmarks are part of one's library, why follows were lost.

ALTER TABLE severances ADD COLUMN cause TEXT NOT NULL DEFAULT 'node';  -- node, shunned, shut: see domain/notification

INSERT INTO search_todo (kind, thing, below) SELECT DISTINCT 'post', post, 4611686018427387904 FROM bookmarks
    WHERE post > 0 ON CONFLICT (kind, thing) DO NOTHING;
