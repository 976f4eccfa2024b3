"""What a description of media may be."""

import msgspec
import pytest

from scattershot.domain.media import MediaKind, kind_of, parse_focus
from scattershot.domain.post import Attachment


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        ("0.5,-0.25", (0.5, -0.25)),
        (" 0 , 1 ", (0.0, 1.0)),
        ("7,-7", (1.0, -1.0)),
        ("nan,0", None),
        ("1", None),
        ("1,2,3", None),
        ("a,b", None),
        ("", None),
    ],
)
def test_a_focus_is_two_numbers_between_the_edges(text: str, focus: tuple[float, float] | None) -> None:
    assert parse_focus(text) == focus


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image/jpeg", MediaKind.IMAGE), ("image/*", MediaKind.IMAGE), ("video/ogg", MediaKind.VIDEO),
        ("audio/x-wav", MediaKind.AUDIO), ("text/html", MediaKind.UNKNOWN), ("", MediaKind.UNKNOWN),
    ],
)  # fmt: skip
def test_what_others_call_it_says_how_it_is_shown(media_type: str, kind: MediaKind) -> None:
    assert kind_of(media_type) is kind
    assert Attachment("https://e.test/x", media_type).shown_as is kind


def test_an_attachment_stored_by_an_older_version_is_read() -> None:
    old = b'{"url":"https://e.test/x","media_type":"image/png","width":3,"focus":[0.0,1.0]}'
    read = msgspec.json.decode(old, type=Attachment)
    assert (read.media, read.duration, read.thumbnail_width, read.focus) == (0, 0.0, 0, (0.0, 1.0))
    assert msgspec.json.encode(read) == old, "and what it does not say takes no room"
