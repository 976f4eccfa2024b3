"""The composer: what a post's form holds, filled in for a new post, an answer or an edit, and read again."""

from typing import NamedTuple

from starlette.requests import Request

from scattershot.app.items import Item
from scattershot.app.publish import Draft
from scattershot.domain.ids import PostId
from scattershot.domain.post import Audience, Post
from scattershot.domain.preferences import Preferences, Quoting
from scattershot.domain.terms import Terms
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.words import AUDIENCES, LANGUAGES, QUOTES, REPLIES, Choice, audiences_within, language_of

_QUOTING = {Quoting.ANYONE: "everyone", Quoting.FOLLOWERS: "followers", Quoting.NOBODY: "nobody"}


class Typed(NamedTuple):
    """What stands in the form."""

    text: str = ""
    audience: Audience = Audience.PUBLIC
    warning: str = ""
    language: str = ""
    replies: str = "everyone"
    quotes: str = "everyone"


def blank(request: Request, chosen: Preferences) -> Typed:
    """For a new post, as its author likes them to be."""
    spoken = chosen.language.lower() if chosen.language.lower() in LANGUAGES else ""
    return Typed(
        audience=chosen.audience,
        language=spoken or language_of(request.headers.get("accept-language", "")),
        quotes=_QUOTING[chosen.quoting],
    )


def answering(item: Item, request: Request, chosen: Preferences) -> Typed:
    """For an answer: it names whom it answers and those named there, and is for no more than the post was."""
    names = {str(item.author.profile.handle): None} if not item.mine else {}
    if item.post.audience is Audience.MENTIONED:
        names |= {mention.name: None for mention in item.post.mentions if mention.name.count("@") == 2}
    text = "".join(f"{name} " for name in names)
    return blank(request, chosen)._replace(text=text, audience=item.post.audience, warning=item.post.warning)


def editing(post: Post) -> Typed:
    """For an edit."""
    return Typed(post.source, post.audience, post.warning, post.language)


def typed_in(form: Form) -> Typed:
    """What was filled in; an audience that does not exist is the narrowest."""
    audience = form.get("audience", Audience.PUBLIC)
    language = form.get("language").lower()
    return Typed(
        text=form.get("text"),
        audience=Audience(audience) if audience in list(Audience) else Audience.MENTIONED,
        warning=form.get("warning").strip()[:500],
        language=language if language in LANGUAGES else "",
        replies=form.get("replies") if form.get("replies") in REPLIES else "everyone",
        quotes=form.get("quotes") if form.get("quotes") in QUOTES else "everyone",
    )


def within(typed: Typed, parent: Audience) -> Typed:
    """The same for no more people than the post that is answered."""
    return typed if typed.audience in audiences_within(parent) else typed._replace(audience=parent)


def draft_of(typed: Typed, reply_to: PostId | None = None, quote: PostId | None = None) -> Draft:
    """What is to be posted."""
    return Draft(
        text=typed.text,
        audience=typed.audience,
        warning=typed.warning,
        language=typed.language,
        reply_to=reply_to,
        quote=quote,
        terms=Terms(QUOTES[typed.quotes].rule, REPLIES[typed.replies].rule),
    )


def choices(parent: Item | None) -> list[dict[str, str]]:
    """The audiences to choose from."""
    offered = audiences_within(parent.post.audience) if parent is not None else tuple(AUDIENCES)
    return [Choice(audience.value, AUDIENCES[audience])._asdict() for audience in offered]


def fields(typed: Typed, parent: Item | None, once: str, limit: int, quoted: Item | None = None) -> dict[str, object]:
    """What the template of the form needs."""
    return {
        "replies": typed.replies,
        "quotes": typed.quotes,
        "reply_choices": [Choice(value, each.words)._asdict() for value, each in REPLIES.items()],
        "quote_choices": [Choice(value, each.words)._asdict() for value, each in QUOTES.items()],
        "quote": quoted.id if quoted is not None else None,
        "text": typed.text,
        "audience": typed.audience.value,
        "warning": typed.warning,
        "language": typed.language,
        "audiences": choices(parent),
        "reply_to": parent.id if parent is not None else None,
        "once": once,
        "limit": limit,
    }
