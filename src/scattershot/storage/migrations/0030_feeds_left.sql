-- Feeds that nobody follows any more, whose hub is still to be told that we leave.

CREATE INDEX sources_left ON sources (microblog) WHERE due IS NULL AND offer <> '';
