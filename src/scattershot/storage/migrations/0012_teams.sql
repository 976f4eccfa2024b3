-- Several keepers for one microblog and several microblogs for one person, and the ways by which people come here.

ALTER TABLE people ADD COLUMN main BIGINT;          -- the microblog made with them, which bears their name
UPDATE people SET main = (SELECT min(k.microblog) FROM keepers k WHERE k.person = people.id AND k.role = 'owner');
CREATE INDEX people_by_main ON people (main);
ALTER TABLE people ADD COLUMN email TEXT NOT NULL DEFAULT '';   -- for those who run the node; shown to nobody else

ALTER TABLE keepers ADD COLUMN named BOOLEAN NOT NULL DEFAULT TRUE;     -- whether they may be named as the writer
ALTER TABLE keepers ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE microblogs ADD COLUMN shows_writers BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';         -- what the browser calls itself

CREATE TABLE keeper_invitations (   -- who was asked to keep a microblog: a person here, or whoever has the link
    id            {serial},
    microblog     BIGINT NOT NULL REFERENCES microblogs (id),
    role          TEXT NOT NULL,
    person        BIGINT REFERENCES people (id),    -- null: whoever has the link
    hash          {blob} UNIQUE,                    -- of the link's secret
    inviter       BIGINT NOT NULL,
    made          BIGINT NOT NULL,
    expires       BIGINT NOT NULL,
    UNIQUE (microblog, person)
);
CREATE INDEX keeper_invitations_by_person ON keeper_invitations (person);

CREATE TABLE invitations (          -- codes by which somebody new may sign up
    id            {serial},
    hash          {blob} NOT NULL UNIQUE,
    maker         BIGINT REFERENCES people (id),    -- null: made on the command line
    role          TEXT NOT NULL,                    -- what whoever comes by it may do here
    follow        BOOLEAN NOT NULL,                 -- whether they follow the maker from the first
    note          TEXT NOT NULL,
    made          BIGINT NOT NULL,
    expires       BIGINT,                           -- null: never
    most          BIGINT,                           -- how many may come by it; null: any number
    used          BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX invitations_by_maker ON invitations (maker);

CREATE TABLE applicants (           -- those who signed up and wait for a yes
    id            {serial},
    name          TEXT NOT NULL UNIQUE,
    secret        TEXT NOT NULL,
    email         TEXT NOT NULL,
    reason        TEXT NOT NULL,
    at            BIGINT NOT NULL,
    token         {blob} UNIQUE,                    -- the hash of what the program holds by which they signed up
    program       BIGINT REFERENCES programs (id),
    scopes        TEXT NOT NULL
);
