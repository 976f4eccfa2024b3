-- Lists that their owners show to anybody: as a page, and as feeds.

ALTER TABLE lists ADD COLUMN open BOOLEAN NOT NULL DEFAULT FALSE;
