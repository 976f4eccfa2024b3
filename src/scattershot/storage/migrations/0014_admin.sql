-- What is said of a host gets a number, by which programs know it, and more can be said than how we stand to it.
-- Rules from before were made at no known moment: 0.

CREATE TABLE rules_numbered (
    id               {serial},
    host             TEXT NOT NULL UNIQUE,          -- * stands for all hosts without a rule of their own
    standing         TEXT NOT NULL,
    allows           BOOLEAN NOT NULL DEFAULT FALSE, -- made to let the host in where others are kept out
    rejects_media    BOOLEAN NOT NULL DEFAULT FALSE, -- its pictures, sounds and films are not shown
    rejects_reports  BOOLEAN NOT NULL DEFAULT FALSE, -- its complaints are not taken
    private_comment  TEXT NOT NULL DEFAULT '',
    public_comment   TEXT NOT NULL DEFAULT '',
    obfuscated       BOOLEAN NOT NULL DEFAULT FALSE, -- strangers read its name with stars in it
    at               BIGINT NOT NULL DEFAULT 0
);
INSERT INTO rules_numbered (host, standing) SELECT host, standing FROM rules ORDER BY host;
DROP TABLE rules;
ALTER TABLE rules_numbered RENAME TO rules;

CREATE TABLE report_care (       -- who of those who run the node looks after a complaint, and who dealt with it
    report        BIGINT PRIMARY KEY,
    assigned      BIGINT,
    resolved_by   BIGINT,
    at            BIGINT NOT NULL
);
CREATE INDEX reports_by_target ON reports (target, id);
CREATE INDEX reports_by_reporter ON reports (reporter, id);
CREATE INDEX microblogs_judged ON microblogs (id) WHERE standing <> 'normal';

CREATE TABLE house_rules (       -- what people here agree to, in the order of their numbers
    id            {serial},
    text          TEXT NOT NULL,
    hint          TEXT NOT NULL DEFAULT ''
);
