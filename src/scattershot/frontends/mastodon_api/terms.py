"""Who may quote and answer, in the words of the API: Mastodon's three policies, GoToSocial's interaction policy."""

from msgspec import Struct

from scattershot.domain.post import Post
from scattershot.domain.quote import quote_rule
from scattershot.domain.reading import Refused
from scattershot.domain.terms import ALL, ONLY_THE_AUTHOR, Approval, Circle, Rule, Terms
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.frontends.mastodon_api.entities.quote import InteractionPolicy, PolicyRule

MOST_NAMED = 64
"""Microblogs that a rule may name one by one."""

_POLICIES = {
    "public": ALL,
    "followers": Rule((Circle.FOLLOWERS,)),
    "following": Rule((Circle.FOLLOWED,)),
    "nobody": ONLY_THE_AUTHOR,
}
_WORDS = {
    "public": Circle.EVERYONE,
    "followers": Circle.FOLLOWERS,
    "following": Circle.FOLLOWED,
    "mentioned": Circle.MENTIONED,
}
_SAID = {circle: word for word, circle in _WORDS.items()}
CURRENT_USER = {Approval.AT_ONCE: "automatic", Approval.ON_REQUEST: "manual", Approval.NEVER: "denied"}
UNSUPPORTED = "unsupported_policy"
"""Mastodon's word for whoever is named one by one."""


class RuleParams(Struct, frozen=True):
    """Part of an interaction policy, in GoToSocial's words of either age."""

    always: list[str] = []
    with_approval: list[str] = []
    automatic_approval: list[str] = []
    manual_approval: list[str] = []


class PolicyParams(Struct, frozen=True):
    """GoToSocial's `interaction_policy`, with `can_quote` besides."""

    can_favourite: RuleParams | None = None
    can_reply: RuleParams | None = None
    can_reblog: RuleParams | None = None
    can_quote: RuleParams | None = None


def terms_from(quote_policy: str | None, policy: PolicyParams | None) -> Terms | Refused:
    """The terms that a program asks for; None of a part where it says nothing of it."""
    quotes = None
    if quote_policy:
        quotes = _POLICIES.get(quote_policy)
        if quotes is None:
            return _bad("Quote approval policy", "is not one of public, followers and nobody")
    if policy is None:
        return Terms(quotes)
    for name, part in (("can_favourite", policy.can_favourite), ("can_reblog", policy.can_reblog)):
        if part is not None and "public" not in (*part.always, *part.automatic_approval):
            return _bad(name, "cannot be narrowed on this node")
    said = _rule("can_quote", policy.can_quote)
    replies = _rule("can_reply", policy.can_reply)
    if isinstance(said, Refused):
        return said
    if isinstance(replies, Refused):
        return replies
    if replies is not None and (replies.on_request or replies.named_on_request):
        return _bad("can_reply", "cannot wait for an approval on this node: allow it at once, or not")
    return Terms(said or quotes, replies)


def _rule(name: str, part: RuleParams | None) -> Rule | Refused | None:
    if part is None:
        return None
    at_once = _parted((*part.always, *part.automatic_approval))
    on_request = _parted((*part.with_approval, *part.manual_approval))
    if at_once is None or on_request is None:
        return _bad(name, "names nobody that this node knows: public, followers, following, mentioned, or addresses")
    return Rule(at_once[0], on_request[0], at_once[1], on_request[1])


def _parted(words: tuple[str, ...]) -> tuple[tuple[Circle, ...], tuple[WireId, ...]] | None:
    circles: dict[Circle, None] = {}
    people: dict[WireId, None] = {}
    for word in words:
        if word in _WORDS:
            circles[_WORDS[word]] = None
        elif word.startswith(("https://", "http://")) and len(people) < MOST_NAMED:
            people[WireId(ACTIVITYPUB, word)] = None
        elif word not in ("author", "me"):
            return None
    return tuple(circles), tuple(people)


def _bad(name: str, what: str) -> Refused:
    return Refused("invalid", f"Validation failed: {name} {what}")


# -- shown


def approvals(post: Post, *, local: bool) -> tuple[list[str], list[str]]:
    """Whose quotes of the post are approved at once, and whose after a look."""
    rule = quote_rule(post, local=local)
    return _summary(rule.at_once, rule.named_at_once), _summary(rule.on_request, rule.named_on_request)


def _summary(circles: tuple[Circle, ...], people: tuple[WireId, ...]) -> list[str]:
    words = [_SAID[circle] if circle is not Circle.MENTIONED else UNSUPPORTED for circle in circles]
    return list(dict.fromkeys([*words, UNSUPPORTED] if people else words))


def policy_of(post: Post, *, local: bool) -> InteractionPolicy:
    """All of it as GoToSocial says it; whoever is named in a post may always answer it."""
    rule = post.terms.replies or ALL
    replies = rule if Circle.EVERYONE in rule.at_once else _with_mentioned(rule)
    open_to_all = _policy_rule(ALL)
    return InteractionPolicy(
        can_favourite=open_to_all,
        can_reply=_policy_rule(replies),
        can_reblog=open_to_all if post.audience.is_open else _policy_rule(ONLY_THE_AUTHOR),
        can_quote=_policy_rule(quote_rule(post, local=local)),
    )


def _with_mentioned(rule: Rule) -> Rule:
    circles = tuple(dict.fromkeys((*rule.at_once, Circle.MENTIONED)))
    return Rule(circles, rule.on_request, rule.named_at_once, rule.named_on_request)


def _policy_rule(rule: Rule) -> PolicyRule:
    at_once, on_request = _listed(rule.at_once, rule.named_at_once), _listed(rule.on_request, rule.named_on_request)
    if Circle.EVERYONE not in rule.at_once:
        at_once = ["author", *at_once]
    return PolicyRule(always=at_once, with_approval=on_request)


def _listed(circles: tuple[Circle, ...], people: tuple[WireId, ...]) -> list[str]:
    return [*(_SAID[circle] for circle in circles), *(wire_id.value for wire_id in people)]


def policy_named(terms: Terms) -> str | None:
    """Mastodon's word for who may quote, where it has one."""
    return next((word for word, rule in _POLICIES.items() if terms.quotes == rule), None)
