
UPDATE microblogs SET listed = TRUE WHERE NOT gone AND moved_to IS NULL AND json_extract(value, '$.discoverable')
    AND coalesce(json_extract(value, '$.voice'), 'person') <> 'application';

CREATE TRIGGER follows_counted AFTER INSERT ON follows WHEN NEW.accepted BEGIN
    INSERT INTO counts (microblog, followers) VALUES (NEW.followee, 1)
        ON CONFLICT (microblog) DO UPDATE SET followers = followers + 1;
    INSERT INTO counts (microblog, following) VALUES (NEW.follower, 1)
        ON CONFLICT (microblog) DO UPDATE SET following = following + 1;
END;
CREATE TRIGGER follows_accepted AFTER UPDATE OF accepted ON follows WHEN NEW.accepted AND NOT OLD.accepted BEGIN
    INSERT INTO counts (microblog, followers) VALUES (NEW.followee, 1)
        ON CONFLICT (microblog) DO UPDATE SET followers = followers + 1;
    INSERT INTO counts (microblog, following) VALUES (NEW.follower, 1)
        ON CONFLICT (microblog) DO UPDATE SET following = following + 1;
END;
CREATE TRIGGER follows_withdrawn AFTER UPDATE OF accepted ON follows WHEN OLD.accepted AND NOT NEW.accepted BEGIN
    UPDATE counts SET followers = followers - 1 WHERE microblog = OLD.followee;
    UPDATE counts SET following = following - 1 WHERE microblog = OLD.follower;
END;
CREATE TRIGGER follows_ended AFTER DELETE ON follows WHEN OLD.accepted BEGIN
    UPDATE counts SET followers = followers - 1 WHERE microblog = OLD.followee;
    UPDATE counts SET following = following - 1 WHERE microblog = OLD.follower;
END;
CREATE TRIGGER posts_counted AFTER INSERT ON posts WHEN NOT NEW.gone AND NEW.audience <> 'mentioned' BEGIN
    INSERT INTO counts (microblog, posts) VALUES (NEW.author, 1)
        ON CONFLICT (microblog) DO UPDATE SET posts = posts + 1;
END;
CREATE TRIGGER posts_buried AFTER UPDATE OF gone ON posts
WHEN NEW.gone AND NOT OLD.gone AND OLD.audience <> 'mentioned' BEGIN
    UPDATE counts SET posts = posts - 1 WHERE microblog = OLD.author;
END;
CREATE TRIGGER posts_dropped AFTER DELETE ON posts WHEN NOT OLD.gone AND OLD.audience <> 'mentioned' BEGIN
    UPDATE counts SET posts = posts - 1 WHERE microblog = OLD.author;
END;
