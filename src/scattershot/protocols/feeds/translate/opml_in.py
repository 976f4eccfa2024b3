"""Whom a list of feeds names, as lines that can be brought in: each to be followed, its folder the list it is in."""

from scattershot.domain.source import LONGEST_ADDRESS
from scattershot.protocols.feeds.wire.decoding import decode
from scattershot.protocols.feeds.wire.opml import read_opml
from scattershot.wirekit.mastodon_csv import MAX_LISTS_TITLE, BadLine, Line

NO_FOLDER = "Feeds"
"""The list of what is in none."""
_SHOWN = 200


def followed_in(body: bytes) -> list[Line | BadLine] | None:
    """The lines of an OPML file; None for what is none."""
    outlines = read_opml(decode(body, ""))
    if outlines is None:
        return None
    found: list[Line | BadLine] = []
    for each in outlines:
        name = each.feed or each.page
        if len(name) > LONGEST_ADDRESS:
            found.append(BadLine(name[:_SHOWN], "that is too long"))
        else:
            found.append(Line(name, each.folder[:MAX_LISTS_TITLE] or NO_FOLDER))
    return found
