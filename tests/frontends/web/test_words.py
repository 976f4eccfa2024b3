"""Words for people, and which paths and markup are let through."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Emoji
from scattershot.domain.post import Audience, Post
from scattershot.domain.wire_id import WireId
from scattershot.frontends.web import words
from scattershot.frontends.web.forms import local_path, number

NOW = 1_767_225_600_000  # 1 January 2026


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (-5_000, "now"),
        (59_999, "now"),
        (60_000, "1 min"),
        (3_600_000, "1 h"),
        (86_400_000, "1 d"),
        (8 * 86_400_000, "24 Dec 2025"),
    ],
)
def test_how_long_ago_is_said_in_few_words(passed: int, said: str) -> None:
    assert words.ago(NOW - passed, NOW) == said


@given(st.integers(-(1 << 62), 1 << 62))
def test_no_moment_is_too_strange_to_be_said(moment: int) -> None:
    assert words.ago(moment, NOW)
    assert words.full_time(moment).endswith("UTC")
    assert words.machine_time(moment).endswith("Z")


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0"), (999, "999"), (1_000, "1k"), (1_250, "1.2k"), (34_999, "34k"), (5_600_000, "5.6M")]
)
def test_counts_are_short(count: int, said: str) -> None:
    assert words.counted(count) == said


@given(st.text(alphabet="/\\.:@?#ab \t\n\x00%é", max_size=12) | st.text(max_size=30))
def test_a_path_to_go_on_to_never_leaves_the_site(text: str) -> None:
    path = local_path(text, "/home")
    assert urlsplit(urljoin("https://a.test/x", path)).netloc == "a.test"
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


@given(st.text(max_size=25))
def test_a_number_fits_the_database_or_is_none(text: str) -> None:
    value = number(text)
    assert value is None or 0 <= value < 1 << 63


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


@given(st.text(max_size=30), st.text(alphabet=":x<>\"'& ", max_size=30))
def test_an_emoji_is_a_picture_and_nothing_else_whatever_its_address_says(address: str, text: str) -> None:
    quoted = text.replace("&", "&amp;").replace('"', "&quot;")
    inner = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    html = f'<p title="{quoted}">{inner}</p>'
    seen = _Seen()
    seen.feed(words.with_emojis(html, (Emoji("x", f"https://{address}"),), lambda url: url))
    assert seen.tags[0] == ("p", ("title",))
    assert set(seen.tags[1:]) <= {("img", ("class", "src", "alt", "title", "loading"))}
    assert len(seen.tags) - 1 == sum(found[1] == "x" for found in words._SHORTCODE.finditer(inner))


def test_the_gist_of_a_post_is_plain_text_and_never_what_a_warning_hides() -> None:
    name = WireId("activitypub", "https://e.test/1")
    post = Post(
        id=name,
        author=name,
        published=Millis(0),
        audience=Audience.PUBLIC,
        html="<p>One &lt;b&gt; <a>#<span>two</span></a></p><p>three</p>",
    )
    assert words.gist(post, 80) == "One <b> #two three"
    assert words.gist(post, 5) == "One…"
    hidden = Post(
        id=name, author=name, published=Millis(0), audience=Audience.PUBLIC, html="<p>secret</p>", warning="careful"
    )
    assert words.gist(hidden, 80) == "careful"


@pytest.mark.parametrize("parent", list(Audience))
def test_no_answer_reaches_more_people_than_what_it_answers(parent: Audience) -> None:
    width = {
        Audience.MENTIONED: {"named"},
        Audience.FOLLOWERS: {"named", "followers"},
        Audience.LOCAL: {"named", "local"},
        Audience.UNLISTED: {"named", "followers", "local", "all"},
        Audience.PUBLIC: {"named", "followers", "local", "all", "lists"},
    }
    for audience in words.audiences_within(parent):
        assert width[audience] <= width[parent]


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36",
         "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on an iPhone"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)  # fmt: skip
def test_a_browser_is_called_as_people_call_it(agent: str, shown: str) -> None:
    assert words.browser(agent) == shown
