-- Which rules of the house a complaint says were broken: a JSON list of their numbers.

ALTER TABLE reports ADD COLUMN rules TEXT NOT NULL DEFAULT '[]';
