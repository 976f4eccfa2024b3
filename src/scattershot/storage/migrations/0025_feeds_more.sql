-- Lists that their owners show to anybody, as a page and as feeds; and hubs that are told that we leave.

ALTER TABLE lists ADD COLUMN open BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX sources_left ON sources (microblog) WHERE due IS NULL AND offer <> '';
