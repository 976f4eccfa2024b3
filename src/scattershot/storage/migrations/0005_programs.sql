-- Programs that act for people (OAuth 2): who they are, the codes they were handed, and the tokens they hold.

CREATE TABLE programs (
    id            {serial},
    client_id     TEXT NOT NULL UNIQUE,
    secret        {blob} NOT NULL,                  -- a hash, as of every secret
    name          TEXT NOT NULL,
    website       TEXT NOT NULL,
    redirects     TEXT NOT NULL,                    -- one address in each line
    scopes        TEXT NOT NULL,
    created       BIGINT NOT NULL
);

CREATE TABLE grants (           -- authorization codes, good once and for minutes
    hash          {blob} PRIMARY KEY,
    program       BIGINT NOT NULL REFERENCES programs (id),
    person        BIGINT NOT NULL REFERENCES people (id),
    microblog     BIGINT NOT NULL REFERENCES microblogs (id),
    scopes        TEXT NOT NULL,
    redirect      TEXT NOT NULL,
    challenge     TEXT NOT NULL,                    -- of PKCE (RFC 7636), S256; empty where there was none
    expires       BIGINT NOT NULL
);
CREATE INDEX grants_by_age ON grants (expires);
CREATE INDEX grants_by_person ON grants (person);

CREATE TABLE access_tokens (    -- in the place of the table tokens; without a person the program acts for itself
    id            {serial},
    hash          {blob} NOT NULL UNIQUE,
    program       BIGINT REFERENCES programs (id),
    person        BIGINT REFERENCES people (id),
    microblog     BIGINT,
    scopes        TEXT NOT NULL,
    created       BIGINT NOT NULL
);
INSERT INTO access_tokens (hash, person, microblog, scopes, created)
    SELECT hash, person, microblog, scopes, created FROM tokens;
DROP TABLE tokens;
CREATE INDEX access_tokens_by_person ON access_tokens (person);
