"""What stands in the form of a post: read from a form, from a draft or from a post, and made a draft of."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from scattershot.app.attaching import Described
from scattershot.app.drafts import SOONEST, Planned
from scattershot.app.publish import Draft
from scattershot.app.wording import MARKDOWN, PLAIN
from scattershot.domain.ids import MediaId, Millis, PostId
from scattershot.domain.media import parse_focus
from scattershot.domain.polls import MAX_OPTIONS, poll_problem
from scattershot.domain.post import Attachment, Audience, Option, Poll, Post
from scattershot.domain.terms import Rule, Terms
from scattershot.frontends.web.forms import Form, number
from scattershot.frontends.web.words import LANGUAGES, QUOTES, REPLIES, Allowed
from scattershot.wirekit.dates import parse_rfc3339

MOST_PIECES = 25
"""Posts that are written in a row."""
_MINUTE = 60_000
SPANS = {
    "5": "5 minutes", "30": "30 minutes", "60": "1 hour", "360": "6 hours", "720": "12 hours", "1440": "1 day",
    "4320": "3 days", "10080": "7 days", "40320": "4 weeks",
}  # fmt: skip
"""For how long a poll may be open: minutes, and words."""
_USUAL_SPAN = "1440"
_FARTHEST_ZONE = 24 * 60


class Shown(NamedTuple):
    """An upload in the form, with what is to be said of it; None where that stays as it is."""

    id: MediaId
    alt: str | None = None
    focus: str | None = None

    @property
    def described(self) -> Described:
        """The same for the house."""
        return Described(self.id, self.alt, parse_focus(self.focus) if self.focus else None)


class Piece(NamedTuple):
    """A post among those in a row."""

    text: str = ""
    media: tuple[Shown, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put into it."""
        return not self.text.strip() and not self.media


class TypedPoll(NamedTuple):
    """A poll as it stands in the form; one without answers is none."""

    options: tuple[str, ...] = ()
    multiple: bool = False
    hides: bool = False
    minutes: str = _USUAL_SPAN

    @property
    def is_there(self) -> bool:
        """Whether something is asked."""
        return any(option.strip() for option in self.options)

    @property
    def open_for(self) -> int:
        """Milliseconds."""
        return int(self.minutes) * _MINUTE

    def poll(self, now: Millis) -> Poll | None:
        """The poll, open from now on."""
        if not self.is_there:
            return None
        options = tuple(Option(option.strip()) for option in self.options if option.strip())
        return Poll(options, self.multiple, Millis(now + self.open_for), hides_totals=self.hides)


class Typed(NamedTuple):
    """What stands in the form."""

    text: str = ""
    audience: Audience = Audience.PUBLIC
    warning: str = ""
    language: str = ""
    replies: str = "everyone"
    quotes: str = "everyone"
    media: tuple[Shown, ...] = ()
    further: tuple[Piece, ...] = ()
    title: str = ""
    markdown: bool = False
    sensitive: bool = False
    poll: TypedPoll = TypedPoll()
    at: str = ""
    zone: int = 0
    """Minutes that the writer's clock is behind UTC, as browsers tell it."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The posts in a row, the first among them."""
        return (Piece(self.text, self.media), *self.further)

    @property
    def moment(self) -> Millis | None:
        """When it is to be posted, where that is a time."""
        found = parse_rfc3339(self.at) if "T" in self.at else None
        return Millis(found + self.zone * _MINUTE) if found is not None else None


def suffix(place: int) -> str:
    """What the names of a piece's fields end in."""
    return f".{place}" if place else ""


def typed_in(form: Form) -> Typed:
    """What was filled in; an audience that does not exist is the narrowest."""
    audience = form.get("audience", Audience.PUBLIC)
    language = form.get("language").lower()
    zone = form.get("zone", "0")
    behind = int(zone) if zone.lstrip("-").isascii() and zone.lstrip("-").isdigit() and len(zone) < 6 else 0
    minutes = form.get("minutes", _USUAL_SPAN)
    return Typed(
        text=form.get("text"),
        audience=Audience(audience) if audience in list(Audience) else Audience.MENTIONED,
        warning=form.get("warning").strip()[:500],
        language=language if language in LANGUAGES else "",
        replies=form.get("replies") if form.get("replies") in REPLIES else "everyone",
        quotes=form.get("quotes") if form.get("quotes") in QUOTES else "everyone",
        media=_media_in(form, 0),
        further=tuple(
            Piece(form.get(f"text.{place}"), _media_in(form, place))
            for place in range(1, MOST_PIECES)
            if form.all(f"text.{place}")
        ),
        title=" ".join(form.get("title").split())[:300],
        markdown=bool(form.get("markdown")),
        sensitive=bool(form.get("sensitive")),
        poll=TypedPoll(
            tuple(form.all("option")[:MAX_OPTIONS]),
            bool(form.get("multiple")),
            bool(form.get("hides")),
            minutes if minutes in SPANS else _USUAL_SPAN,
        ),
        at=form.get("at").strip()[:40],
        zone=max(-_FARTHEST_ZONE, min(behind, _FARTHEST_ZONE)),
    )


def _media_in(form: Form, place: int) -> tuple[Shown, ...]:
    ids = [found for text in form.all(f"media{suffix(place)}") if (found := number(text))]
    return tuple(
        Shown(MediaId(each), form.get(f"alt_{each}"), form.get(f"focus_{each}")[:40]) for each in dict.fromkeys(ids)
    )


def planned(typed: Typed, now: Millis, reply_to: PostId | None = None, quote: PostId | None = None) -> Planned:
    """What is to be posted: the first post, and those that follow it. Pieces with nothing in them are left out."""
    first = Draft(
        text=typed.text,
        audience=typed.audience,
        warning=typed.warning,
        sensitive=typed.sensitive,
        language=typed.language,
        title=typed.title,
        reply_to=reply_to,
        quote=quote,
        terms=Terms(QUOTES[typed.quotes].rule, REPLIES[typed.replies].rule),
        poll=typed.poll.poll(now),
        source_type=MARKDOWN if typed.markdown else PLAIN,
        media=tuple(each.id for each in typed.media),
        described=tuple(each.described for each in typed.media),
    )
    further = tuple(
        first._replace(
            text=piece.text, title="", quote=None, reply_to=None, poll=None,
            media=tuple(each.id for each in piece.media), described=tuple(each.described for each in piece.media),
        )
        for piece in typed.further
        if not piece.is_empty
    )  # fmt: skip
    return Planned(first, typed.poll.open_for if typed.poll.is_there else None, further)


def of_planned(kept: Planned, at: Millis | None) -> Typed:
    """A draft as it stands in the form."""
    draft = kept.draft
    spans = {int(minutes) * _MINUTE: minutes for minutes in SPANS}
    poll = TypedPoll()
    if draft.poll is not None:
        options = tuple(option.text for option in draft.poll.options)
        poll = TypedPoll(options, draft.poll.multiple, draft.poll.hides_totals, spans.get(kept.open_for or 0, "1440"))
    return Typed(
        text=draft.text,
        audience=draft.audience,
        warning=draft.warning,
        language=draft.language,
        replies=_chosen(REPLIES, draft.terms.replies),
        quotes=_chosen(QUOTES, draft.terms.quotes),
        media=_shown(draft),
        further=tuple(Piece(each.text, _shown(each)) for each in kept.further),
        title=draft.title,
        markdown=draft.source_type == MARKDOWN,
        sensitive=draft.sensitive,
        poll=poll,
        at=_field(at) if at is not None else "",
    )


def _shown(draft: Draft) -> tuple[Shown, ...]:
    said = {each.media: each for each in draft.described}
    return tuple(
        Shown(each, said[each].alt, focus_text(said[each].focus)) if each in said else Shown(each)
        for each in draft.media
    )


def of_post(post: Post, source: str) -> Typed:
    """A post of here as it stands in the form: for an edit, or to be written anew."""
    poll = TypedPoll()
    if post.poll is not None:
        options = tuple(option.text for option in post.poll.options)
        poll = TypedPoll(options, post.poll.multiple, post.poll.hides_totals)
    return Typed(
        text=source,
        audience=post.audience,
        warning=post.warning,
        language=post.language,
        replies=_chosen(REPLIES, post.terms.replies),
        quotes=_chosen(QUOTES, post.terms.quotes),
        media=tuple(_as_shown(each) for each in post.attachments if each.media),
        title=post.title,
        markdown=post.source_type == MARKDOWN,
        sensitive=post.sensitive and not post.warning,
        poll=poll,
    )


def _as_shown(each: Attachment) -> Shown:
    return Shown(each.media, each.alt, focus_text(each.focus))


def focus_text(focus: tuple[float, float] | None) -> str:
    """The point as it stands in a form."""
    return f"{focus[0]:g},{focus[1]:g}" if focus is not None else ""


def _chosen(among: Mapping[str, Allowed], rule: Rule | None) -> str:
    """The choice that stands for the rule; for one that no choice stands for, the narrowest."""
    if rule is None:
        return "everyone"
    return next((name for name, each in among.items() if each.rule == rule), list(among)[-1])


def _field(moment: Millis) -> str:
    """A moment as a field for a time has it, in UTC."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%dT%H:%M")


def faults(typed: Typed, now: Millis, longest: int, most_media: int) -> dict[str, str]:
    """What is the matter, by the field beside which it is to be said."""
    found: dict[str, str] = {}
    for place, piece in enumerate(typed.pieces):
        if len(piece.text) + len(typed.warning) > longest:
            found[f"text{suffix(place)}"] = (
                f"A post has at most {longest:,} characters; this one has {len(piece.text):,}."
            )
        if len(piece.media) > most_media:
            found[f"media{suffix(place)}"] = f"A post shows at most {most_media} files."
    poll = typed.poll.poll(now)
    if poll is not None and (problem := poll_problem(poll, now)):
        found["poll"] = problem
    if typed.at and typed.moment is None:
        found["at"] = "That is no time. Write it like 2026-11-21T18:00."
    elif typed.moment is not None and typed.moment < now + SOONEST:
        found["at"] = "That is too soon: choose a time at least five minutes from now, or leave it empty."
    return found
