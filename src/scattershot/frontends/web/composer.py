"""The composer: what the templates of a post's form are given, for a new post, an answer, a quote or an edit."""

from typing import Any

from starlette.requests import Request

from scattershot.app.items import Item
from scattershot.domain.post import Audience, Post
from scattershot.domain.preferences import Preferences, Quoting
from scattershot.frontends.web.typed import SPANS, Shown, Typed, of_post, suffix
from scattershot.frontends.web.words import AUDIENCES, LANGUAGES, QUOTES, REPLIES, Choice, audiences_within, language_of
from scattershot.wirekit.html import plain_text

_QUOTING = {Quoting.ANYONE: "everyone", Quoting.FOLLOWERS: "followers", Quoting.NOBODY: "nobody"}

WHO_SEES = {
    Audience.PUBLIC: "Anybody, on this node and others; public lists, tags and your feed show it.",
    Audience.UNLISTED: "Anybody who comes by it, and your followers; public lists do not show it.",
    Audience.FOLLOWERS: "Your followers, and whoever you name. It is sent to the nodes where they live.",
    Audience.MENTIONED: "A private word: whoever you name, and nobody else. Those who run their nodes could read it.",
    Audience.LOCAL: "Whoever signs in here. It never leaves this node.",
}
"""Who will see a post, in plain words."""

PLACES = {
    "": "The middle", "0,0.7": "Above", "0,-0.7": "Below", "-0.7,0": "On the left", "0.7,0": "On the right",
    "-0.7,0.7": "Above on the left", "0.7,0.7": "Above on the right", "-0.7,-0.7": "Below on the left",
    "0.7,-0.7": "Below on the right",
}  # fmt: skip
"""Where the eye is to rest when a picture is cropped."""
ROOM = 4
"""Answers of a poll that there is room for at first."""


def blank(request: Request, chosen: Preferences) -> Typed:
    """For a new post, as its author likes them to be."""
    spoken = chosen.language.lower() if chosen.language.lower() in LANGUAGES else ""
    return Typed(
        audience=chosen.audience,
        language=spoken or language_of(request.headers.get("accept-language", "")),
        quotes=_QUOTING[chosen.quoting],
        sensitive=chosen.sensitive,
    )


def answering(item: Item, request: Request, chosen: Preferences) -> Typed:
    """For an answer: it names whom it answers and those named there, and is for no more than the post was."""
    names = {str(item.author.profile.handle): None} if not item.mine else {}
    if item.post.audience is Audience.MENTIONED:
        names |= {mention.name: None for mention in item.post.mentions if mention.name.count("@") == 2}
    text = "".join(f"{name} " for name in names)
    return blank(request, chosen)._replace(text=text, audience=item.post.audience, warning=item.post.warning)


def editing(post: Post) -> Typed:
    """For an edit, or to be written anew."""
    return of_post(post, post.source or plain_text(post.html))


def within(typed: Typed, parent: Audience) -> Typed:
    """The same for no more people than the post that is answered."""
    return typed if typed.audience in audiences_within(parent) else typed._replace(audience=parent)


def choices(parent: Item | None) -> list[dict[str, str]]:
    """The audiences to choose from."""
    offered = audiences_within(parent.post.audience) if parent is not None else tuple(AUDIENCES)
    return [{"value": each.value, "words": AUDIENCES[each], "who": WHO_SEES[each]} for each in offered]


def fields(typed: Typed, parent: Item | None, once: str, limit: int, quoted: Item | None = None) -> dict[str, Any]:
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


def studio(typed: Typed, given: dict[int, dict[str, Any]], problems: dict[str, str]) -> dict[str, Any]:
    """What the template of the whole form needs besides; `given` are the uploads in it by id, as `shown` makes them."""
    options = [*typed.poll.options, *([""] * max(0, ROOM - len(typed.poll.options)))]
    return {
        "pieces": [
            {
                "place": place,
                "suffix": suffix(place),
                "text": piece.text,
                "media": [
                    {**given[each.id], **_as_said(given[each.id], each)} for each in piece.media if each.id in given
                ],
                "problem": problems.get(f"text{suffix(place)}", ""),
                "media_problem": problems.get(f"media{suffix(place)}", ""),
            }
            for place, piece in enumerate(typed.pieces)
        ],
        "title": typed.title,
        "markdown": typed.markdown,
        "sensitive": typed.sensitive,
        "poll": {**typed.poll._asdict(), "options": options, "is_there": typed.poll.is_there},
        "spans": [Choice(value, words)._asdict() for value, words in SPANS.items()],
        "at": typed.at,
        "zone": typed.zone,
    }


def _as_said(upload: dict[str, Any], typed: Shown) -> dict[str, Any]:
    alt = typed.alt if typed.alt is not None else upload.get("alt", "")
    return said(alt, typed.focus if typed.focus is not None else upload.get("focus", ""))


def said(alt: str, focus: str) -> dict[str, Any]:
    """What is said of an upload, as the form has it."""
    places = PLACES if focus in PLACES else {**PLACES, focus: "As it is"}
    return {"alt": alt, "focus": focus, "places": [Choice(value, words)._asdict() for value, words in places.items()]}
