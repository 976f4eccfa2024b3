"""Polls (NIP-88): a question is of kind 1068, an answer of kind 1018; nobody tells how it stands, each counts."""

from msgspec import json
from msgspec.structs import replace

from scattershot.domain.ids import Millis
from scattershot.domain.post import Form, Option, Poll, Post
from scattershot.ports.slips import Known
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, Tags, Unsigned
from scattershot.wirekit.html import clean_text

MOST_OPTIONS = 50
_MANY = "multiplechoice"
_FAR = 100_000_000_000

_read = json.Decoder(Event).decode


def poll_in(event: Event, post: Post) -> Post:
    """The note with the question that it asks; without answers to choose from it is a note."""
    options: dict[str, Option] = {}
    for tag in event.tags:
        if len(tag) > 2 and tag[0] == "option" and tag[1] and (text := clean_text(tag[2], 500)):
            options.setdefault(tag[1][:100], Option(text, name=tag[1][:100]))
    if not options:
        return post
    ends = event.first("endsAt") or ""
    poll = Poll(
        tuple(options.values())[:MOST_OPTIONS],
        multiple=event.first("polltype") == _MANY,
        ends=Millis(int(ends) * 1000) if ends.isascii() and ends.isdigit() and int(ends) < _FAR else None,
        counted_here=True,
    )
    return replace(post, form=Form.QUESTION, poll=poll)


def answers_in(event: Event) -> list[str]:
    """The answers that are chosen, each once."""
    return list(dict.fromkeys(value[:100] for value in event.values("response")))[:MOST_OPTIONS]


def poll_tags(poll: Poll, relay: str) -> Tags:
    """The answers by their numbers, and where and until when one answers."""
    tags: Tags = [["option", option.name or str(place), option.text] for place, option in enumerate(poll.options)]
    tags += [["relay", relay], ["polltype", _MANY if poll.multiple else "singlechoice"]]
    return [*tags, ["endsAt", str(poll.ends // 1000)]] if poll.ends is not None else tags


def response_of(choices: tuple[str, ...], about: Known, pubkey: str, at: int) -> Unsigned | None:
    """All that is chosen, since the latest answer counts alone; None where the question is not at hand."""
    if not about.body:
        return None
    event = _read(about.body)
    names = {clean_text(tag[2], 500): tag[1] for tag in reversed(event.tags) if len(tag) > 2 and tag[0] == "option"}
    chosen = [["response", names[choice]] for choice in choices if choice in names]
    if event.kind != kinds.POLL or not chosen:
        return None
    return Unsigned(pubkey, at, kinds.POLL_RESPONSE, [["e", about.name], ["p", about.author], *chosen], "")
