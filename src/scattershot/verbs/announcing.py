"""What those who run the node say to everybody here: `announce add`, `list`, `edit`, `publish`, `hide` and `remove`."""

from scattershot.app.announcements import Row
from scattershot.bootstrap import Node
from scattershot.domain.announcement import Span
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Refused
from scattershot.opening import Trouble
from scattershot.verbs.saying import Say, shown, trouble
from scattershot.wirekit.dates import parse_rfc3339, rfc3339_seconds

_DAY_ALONE = 10
"""Characters of a day without a time, `2026-11-21`."""


async def announce_add(node: Node, say: Say, *, text: str, starts: str, ends: str, all_day: bool, draft: bool) -> None:
    """Say something, or keep it to be published later."""
    span = Span(_moment(starts), _moment(ends), all_day)
    made = await node.announcements.add(text, span, published=not draft)
    if isinstance(made, Refused):
        raise trouble(made)
    say.out(f"Announcement {made} is {'kept as a draft' if draft else 'published'}.")


async def announce_edit(
    node: Node, say: Say, *, number: int, text: str, starts: str, ends: str, all_day: bool | None
) -> None:
    """Let it read otherwise, or be about another time; what is not given stays."""
    row = await _known(node, number)
    span = Span(
        _moment(starts) if starts else row.span.starts,
        _moment(ends) if ends else row.span.ends,
        row.span.all_day if all_day is None else all_day,
    )
    refused = await node.announcements.edit(number, text or row.said.text, span)
    if refused is not None:
        raise trouble(refused)
    say.out(f"Announcement {number} reads so now.")


async def announce_publish(node: Node, say: Say, *, number: int) -> None:
    """Show it."""
    await _set_published(node, number, published=True)
    say.out(f"Announcement {number} is published.")


async def announce_hide(node: Node, say: Say, *, number: int) -> None:
    """Show it no more, and keep it."""
    await _set_published(node, number, published=False)
    say.out(f"Announcement {number} is shown no more.")


async def announce_remove(node: Node, say: Say, *, number: int) -> None:
    """Forget it."""
    if not await node.announcements.drop(number):
        raise Trouble(f"There is no announcement {number}.")
    say.out(f"Announcement {number} is gone.")


async def announce_list(node: Node, say: Say) -> None:
    """Print all with their numbers."""
    rows = await node.announcements.every()
    if not rows:
        say.note("There are no announcements yet.")
    for row in rows:
        state = "published" if row.published is not None else "draft"
        text = shown(row.said.text).replace("\n", "\n   ")
        say.out(f"{row.id}  {state}{_when(row.span)}\n   {text}")


async def _known(node: Node, number: int) -> Row:
    row = await node.announcements.get(number)
    if row is None:
        raise Trouble(f"There is no announcement {number}.")
    return row


async def _set_published(node: Node, number: int, *, published: bool) -> None:
    refused = await node.announcements.publish(number, published=published)
    if refused is not None:
        raise trouble(refused)


def _moment(text: str) -> Millis | None:
    """A day or a time as typed; without an offset it is UTC."""
    if not text:
        return None
    found = parse_rfc3339(f"{text}T00:00" if len(text) == _DAY_ALONE else text)
    if found is None:
        raise Trouble(f"{text!r} is no time; write 2026-11-21 or 2026-11-21T18:00Z.")
    return Millis(found)


def _when(span: Span) -> str:
    if span.starts is None or span.ends is None:
        return ""
    cut = _DAY_ALONE if span.all_day else None
    return f", {rfc3339_seconds(span.starts)[:cut]} to {rfc3339_seconds(span.ends)[:cut]}"
