
UPDATE microblogs SET listed = TRUE WHERE NOT gone AND moved_to IS NULL
    AND coalesce((value::json ->> 'discoverable')::boolean, FALSE)
    AND coalesce(value::json ->> 'voice', 'person') <> 'application';

CREATE FUNCTION count_follow(heard BIGINT, hearer BIGINT, change BIGINT) RETURNS VOID AS $$
    INSERT INTO counts (microblog, followers) VALUES (heard, change)
        ON CONFLICT (microblog) DO UPDATE SET followers = counts.followers + change;
    INSERT INTO counts (microblog, following) VALUES (hearer, change)
        ON CONFLICT (microblog) DO UPDATE SET following = counts.following + change;
$$ LANGUAGE SQL;

CREATE FUNCTION follow_changed() RETURNS TRIGGER AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.accepted THEN
        PERFORM count_follow(OLD.followee, OLD.follower, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.accepted THEN
        PERFORM count_follow(NEW.followee, NEW.follower, 1);
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER follows_counted AFTER INSERT OR DELETE ON follows
    FOR EACH ROW EXECUTE FUNCTION follow_changed();
CREATE TRIGGER follows_answered AFTER UPDATE OF accepted ON follows
    FOR EACH ROW WHEN (OLD.accepted <> NEW.accepted) EXECUTE FUNCTION follow_changed();

CREATE FUNCTION post_changed() RETURNS TRIGGER AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO counts (microblog, posts) VALUES (NEW.author, 1)
            ON CONFLICT (microblog) DO UPDATE SET posts = counts.posts + 1;
    ELSE
        UPDATE counts SET posts = counts.posts - 1 WHERE microblog = OLD.author;
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER posts_counted AFTER INSERT ON posts
    FOR EACH ROW WHEN (NOT NEW.gone AND NEW.audience <> 'mentioned') EXECUTE FUNCTION post_changed();
CREATE TRIGGER posts_buried AFTER UPDATE OF gone ON posts
    FOR EACH ROW WHEN (NEW.gone AND NOT OLD.gone AND OLD.audience <> 'mentioned') EXECUTE FUNCTION post_changed();
CREATE TRIGGER posts_dropped AFTER DELETE ON posts
    FOR EACH ROW WHEN (NOT OLD.gone AND OLD.audience <> 'mentioned') EXECUTE FUNCTION post_changed();
