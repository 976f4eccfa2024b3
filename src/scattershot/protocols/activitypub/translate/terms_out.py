"""`Terms` written as `interactionPolicy`, in FEP-044f's and GoToSocial's words."""

from collections.abc import Iterable

from scattershot.domain.post import Post
from scattershot.domain.quote import quote_rule
from scattershot.domain.terms import ALL, Circle, Rule
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.names import door, followers_of
from scattershot.protocols.activitypub.wire.vocabulary import PUBLIC, JsonObject


def policy_of(post: Post) -> JsonObject:
    """What others may do with a post of here. Both parts always stand there, which says that we hold to them."""
    quotes, replies = quote_rule(post, local=True), post.terms.replies or ALL
    always = (post.author, *(mention.id for mention in post.mentions))
    return {"canQuote": _rule(post, quotes, ()), "canReply": _rule(post, replies, always)}


def _rule(post: Post, rule: Rule, always: Iterable[WireId]) -> JsonObject:
    at_once = _names(post, rule.at_once, rule.named_at_once)
    if PUBLIC not in at_once:
        at_once |= dict.fromkeys(wire_id.value for wire_id in always)
    # An empty list is no list to JSON-LD: that nobody may is said by naming the author.
    found: JsonObject = {"automaticApproval": list(at_once) or [post.author.value]}
    if on_request := _names(post, rule.on_request, rule.named_on_request):
        found["manualApproval"] = list(on_request)
    return found


def _names(post: Post, circles: tuple[Circle, ...], people: tuple[WireId, ...]) -> dict[str, None]:
    names: dict[str, None] = {}
    for circle in circles:
        match circle:
            case Circle.EVERYONE:
                names[PUBLIC] = None
            case Circle.FOLLOWERS:
                names[followers_of(post.author.value)] = None
            case Circle.FOLLOWED:
                names[door(post.author.value, "following")] = None
            case Circle.MENTIONED:
                names |= dict.fromkeys(mention.id.value for mention in post.mentions)
    return names | dict.fromkeys(wire_id.value for wire_id in people)
