
CREATE TABLE notifications_anew (
    id            {serial},
    owner         BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    sender        BIGINT NOT NULL,
    post          BIGINT NOT NULL DEFAULT 0,
    at            BIGINT NOT NULL,
    about         TEXT NOT NULL DEFAULT '',         -- what it is about beside a post: an emoji, a number
    bundle        TEXT NOT NULL DEFAULT '',         -- what it is shown together with; empty: with nothing
    held          BOOLEAN NOT NULL DEFAULT FALSE,   -- it waits until its sender is let in
    UNIQUE (owner, kind, sender, post, about)
);
INSERT INTO notifications_anew (id, owner, kind, sender, post, at, bundle)
    SELECT id, owner, kind, sender, post, at, CASE WHEN kind IN ('like', 'boost', 'follow')
        THEN kind || '-' || CASE WHEN post = 0 THEN '' ELSE post || '-' END || (at / 43200000 * 12) ELSE '' END
    FROM notifications ORDER BY id;
DELETE FROM sqlite_sequence WHERE name = 'notifications_anew';  -- no number is ever given again
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'notifications_anew', seq FROM sqlite_sequence WHERE name = 'notifications';
DROP TABLE notifications;
ALTER TABLE notifications_anew RENAME TO notifications;
CREATE INDEX notifications_by_owner ON notifications (owner, id);
CREATE INDEX notifications_by_post ON notifications (post, sender);
CREATE INDEX notifications_by_sender ON notifications (sender, kind);
CREATE INDEX notifications_bundled ON notifications (owner, bundle, id) WHERE bundle <> '';
CREATE INDEX notifications_of_sender ON notifications (owner, sender, id);

INSERT INTO ending_polls (post, ends)
    SELECT id, json_extract(value, '$.poll.ends') FROM posts WHERE form = 'question' AND NOT gone
    AND json_extract(value, '$.poll.ends') IS NOT NULL AND json_extract(value, '$.poll.closed') IS NULL
    AND (local OR id IN (SELECT v.post FROM votes v JOIN microblogs m ON m.id = v.voter AND m.local));

INSERT INTO conversations (owner, others, newest)
    SELECT owner, others, max(post) FROM (
        SELECT had.owner AS owner, had.post AS post, had.thread AS thread, coalesce((
            SELECT group_concat(who, ',') FROM (
                SELECT who FROM (
                    SELECT author AS who FROM posts WHERE id = had.post
                    UNION SELECT microblog FROM mentions WHERE post = had.post)
                WHERE who <> had.owner ORDER BY who)), '') AS others
        FROM (
            SELECT author AS owner, id AS post, thread FROM posts WHERE audience = 'mentioned' AND NOT gone
            UNION SELECT x.microblog, p.id, p.thread FROM posts p JOIN mentions x ON x.post = p.id
            WHERE p.audience = 'mentioned' AND NOT p.gone) AS had
        JOIN microblogs m ON m.id = had.owner AND m.local) AS owned
    GROUP BY owner, thread, others ORDER BY max(post);
