"""The documents of an archive, as Mastodon's archives have them: names of files stand where addresses would."""

from msgspec import json
from msgspec.structs import replace

from scattershot.domain.change import Boosted
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Post
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.actors_out import actor_of
from scattershot.protocols.activitypub.translate.from_change import activity_of, create_of
from scattershot.protocols.activitypub.wire.contexts import POST_CONTEXT
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject, encode


class Scribe:
    """Implements `ports.protocol.Scribe`."""

    @staticmethod
    def actor(profile: Profile, outbox: str, likes: str, bookmarks: str) -> bytes:
        """The actor, which names the other files."""
        return encode(actor_of(profile) | {"outbox": outbox, "likes": likes, "bookmarks": bookmarks})

    @staticmethod
    def posted(post: Post) -> bytes:
        """A `Create`; of a post that never left its node one for those it mentions, for the wire has no other word."""
        told = replace(post, audience=Audience.MENTIONED) if post.audience is Audience.LOCAL else post
        activity = create_of(told)
        assert activity is not None
        return _within(activity)

    @staticmethod
    def boosted(change: Boosted, author: WireId | None) -> bytes:
        """An `Announce`."""
        told = replace(change, audience=Audience.FOLLOWERS) if change.audience is Audience.LOCAL else change
        activity = activity_of(told, (author,) if author is not None else ())
        assert activity is not None
        return _within(activity)

    @staticmethod
    def name(uri: str) -> bytes:
        """A thing in a collection, by its name alone."""
        return json.encode(uri)

    @staticmethod
    def opening(this: str) -> bytes:
        """How a collection begins; its items follow, apart by commas."""
        head = encode({"@context": POST_CONTEXT, "id": this, "type": "OrderedCollection"})
        return head[:-1] + b',"orderedItems":['

    @staticmethod
    def closing(total: int) -> bytes:
        """How a collection ends."""
        return b'],"totalItems":%d}' % total


def _within(activity: JsonObject) -> bytes:
    """Without the context, which stands at the top of the collection."""
    return encode({name: value for name, value in activity.items() if name != "@context"})
