-- Quotes with the quoted author's consent, reactions with a picture of their own, local-only posts on the local timeline.

CREATE TABLE quotes (           -- a post that shows another, and what the other's author says to that
    post          BIGINT PRIMARY KEY,
    author        BIGINT NOT NULL,
    quoted        BIGINT,                           -- null while it is unknown here
    quoted_author BIGINT,
    quoted_wire   TEXT NOT NULL,
    state         TEXT NOT NULL,
    stamp         TEXT NOT NULL DEFAULT '',         -- the wire id by which the consent can be proven, said or proven
    asked         TEXT NOT NULL DEFAULT '',         -- what the wire calls the question
    checked_at    BIGINT NOT NULL DEFAULT 0         -- when the stamp was last seen at its own node
);
CREATE INDEX quotes_of ON quotes (quoted, post);
CREATE INDEX quotes_by_author ON quotes (author);
CREATE INDEX quotes_by_quoted_author ON quotes (quoted_author, post);
CREATE INDEX quotes_of_missing ON quotes (quoted_wire) WHERE quoted IS NULL;
CREATE INDEX quotes_by_stamp ON quotes (stamp) WHERE stamp <> '';
CREATE INDEX quotes_by_question ON quotes (asked) WHERE asked <> '';
CREATE INDEX quotes_checked ON quotes (checked_at) WHERE checked_at > 0;

ALTER TABLE posts ADD COLUMN quoting TEXT NOT NULL DEFAULT '';      -- the state of the quote it makes, as in quotes
ALTER TABLE posts ADD COLUMN quotes BIGINT NOT NULL DEFAULT 0;      -- how many posts quote it with consent
CREATE INDEX posts_of_here ON posts (id) WHERE local AND audience IN ('public', 'local');

INSERT INTO quotes (post, author, quoted, quoted_author, quoted_wire, state)
    SELECT p.id, p.author, q.id, q.author, w.value, CASE WHEN p.author = q.author THEN 'accepted' ELSE 'unasked' END
    FROM posts p JOIN posts q ON q.id = p.quote JOIN wire_ids w ON w.thing = q.id AND w.kind = 'post'
    WHERE NOT p.gone AND NOT q.gone AND w.protocol = 'activitypub';
UPDATE posts SET quoting = (SELECT q.state FROM quotes q WHERE q.post = posts.id) WHERE id IN (SELECT post FROM quotes);
UPDATE posts SET quotes = (SELECT count(*) FROM quotes q WHERE q.quoted = posts.id AND q.state = 'accepted')
    WHERE id IN (SELECT quoted FROM quotes);

ALTER TABLE likes ADD COLUMN picture TEXT NOT NULL DEFAULT '';      -- of an emoji that is a node's own
UPDATE posts SET likes = (SELECT count(*) FROM likes l WHERE l.post = posts.id AND l.emoji = '')
    WHERE id IN (SELECT post FROM likes WHERE emoji <> '');
