-- Whether a complaint was passed on to its target's node; and the hosts for which somebody said how we stand to them:
-- what stands in nodes.standing follows from these, for the host and every host below it.

ALTER TABLE reports ADD COLUMN forwarded BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX reports_open ON reports (id) WHERE resolved_at IS NULL;

CREATE TABLE rules (
    host          TEXT PRIMARY KEY,
    standing      TEXT NOT NULL
);
INSERT INTO rules (host, standing) SELECT host, standing FROM nodes WHERE standing <> 'normal';
