-- What somebody shows besides a password to come in.

CREATE TABLE one_time_codes (        -- the secret of an authenticator app; since is null until a code of it was shown
    person        BIGINT PRIMARY KEY,
    secret        {blob} NOT NULL,
    since         BIGINT,
    last_step     BIGINT NOT NULL DEFAULT 0     -- the time step of the last code taken: none is good twice
) {without_rowid};

CREATE TABLE recovery_codes (        -- by hash: each lets its person in once without an app or passkey
    person        BIGINT NOT NULL,
    hash          {blob} NOT NULL,
    PRIMARY KEY (person, hash)
) {without_rowid};

CREATE TABLE passkeys (              -- public keys of devices (WebAuthn); counter is what the device last said
    id            {serial},
    person        BIGINT NOT NULL,
    credential    {blob} NOT NULL,
    public_key    {blob} NOT NULL,
    counter       BIGINT NOT NULL,
    name          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    used          BIGINT
);
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential);
CREATE INDEX passkeys_by_person ON passkeys (person);

CREATE TABLE half_sessions (         -- whose password was right, and who has yet to show the second factor
    hash          {blob} NOT NULL PRIMARY KEY,
    person        BIGINT NOT NULL,
    expires       BIGINT NOT NULL,
    agent         TEXT NOT NULL DEFAULT '',
    tries         INTEGER NOT NULL DEFAULT 0
) {without_rowid};
CREATE INDEX half_sessions_by_person ON half_sessions (person);
CREATE INDEX half_sessions_by_end ON half_sessions (expires);
