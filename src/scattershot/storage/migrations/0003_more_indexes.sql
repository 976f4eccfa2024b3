-- Everyday statements that read a whole table, found by tests/storage/test_hot_sql.py.

CREATE INDEX notifications_by_post ON notifications (post, sender);
CREATE INDEX notifications_by_sender ON notifications (sender, kind);
CREATE INDEX pins_by_post ON pins (post);
CREATE INDEX endpoints_lapsed ON endpoints (lapsed_from) WHERE lapsed_from IS NOT NULL;
CREATE INDEX mutes_by_muted ON mutes (muted);
