-- Keys that a browser holds (NIP-07): nobody can be asked to sign but a page that is open there.

ALTER TABLE far_keys ADD COLUMN in_browser BOOLEAN NOT NULL DEFAULT FALSE;  -- whether a browser signs, and no signer elsewhere
