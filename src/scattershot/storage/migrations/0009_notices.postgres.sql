
ALTER TABLE notifications ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE notifications ADD COLUMN bundle TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE notifications ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE notifications DROP CONSTRAINT notifications_owner_kind_sender_post_key;
ALTER TABLE notifications ADD UNIQUE (owner, kind, sender, post, about);
UPDATE notifications SET bundle = kind || '-' || CASE WHEN post = 0 THEN '' ELSE post || '-' END || (at / 43200000 * 12)
    WHERE kind IN ('like', 'boost', 'follow');
CREATE INDEX notifications_bundled ON notifications (owner, bundle, id) WHERE bundle <> '';
CREATE INDEX notifications_of_sender ON notifications (owner, sender, id);

INSERT INTO ending_polls (post, ends)
    SELECT id, (value::json #>> '{poll,ends}')::bigint FROM posts WHERE form = 'question' AND NOT gone
    AND value::json #>> '{poll,ends}' IS NOT NULL AND value::json #>> '{poll,closed}' IS NULL
    AND (local OR id IN (SELECT v.post FROM votes v JOIN microblogs m ON m.id = v.voter AND m.local));

INSERT INTO conversations (owner, others, newest)
    SELECT owner, others, max(post) FROM (
        SELECT had.owner AS owner, had.post AS post, had.thread AS thread, coalesce((
            SELECT string_agg(who::text, ',' ORDER BY who) FROM (
                SELECT author AS who FROM posts WHERE id = had.post
                UNION SELECT microblog FROM mentions WHERE post = had.post) AS everybody
            WHERE who <> had.owner), '') AS others
        FROM (
            SELECT author AS owner, id AS post, thread FROM posts WHERE audience = 'mentioned' AND NOT gone
            UNION SELECT x.microblog, p.id, p.thread FROM posts p JOIN mentions x ON x.post = p.id
            WHERE p.audience = 'mentioned' AND NOT p.gone) AS had
        JOIN microblogs m ON m.id = had.owner AND m.local) AS owned
    GROUP BY owner, thread, others ORDER BY max(post);
