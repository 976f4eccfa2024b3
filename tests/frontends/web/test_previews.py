"""What a page says of itself stands below the posts that link to it, in lists too, and nothing is shown twice."""

import msgspec

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.preview import Preview
from scattershot.storage.tables import previews
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node

PAGE = "https://news.example/fence"


async def told(node: Node, post: PostId, **more: str) -> None:
    """The page was asked, and said that of itself."""
    now, value = Millis(node.clock.now()), Preview(url=PAGE, title="A fence is mended", **more)  # type: ignore[arg-type]

    def work(tx: object) -> None:
        number = previews.want(tx, PAGE, now, now)  # type: ignore[arg-type]
        previews.attach(tx, post, number)  # type: ignore[arg-type]
        for wanted in previews.due(tx, now, 9):  # type: ignore[arg-type]
            previews.put(tx, wanted, msgspec.json.encode(value).decode(), now)  # type: ignore[arg-type]

    await node.database.write(work)


async def test_a_link_is_previewed_at_home_and_on_the_posts_own_page(
    node: Node, ann: MicroblogId, anns: Browser
) -> None:
    post = await node.say(ann, f"Look at {PAGE}")
    assert 'class="preview"' not in (await anns.get("/home")).text
    await told(node, post, about="With hazel.")
    for path in ("/home", "/@ann", f"/@ann/{post}"):
        page = (await anns.get(path)).text
        assert page.count("A fence is mended") == 1, path
        assert "With hazel." in page


async def test_a_page_that_is_known_already_is_shown_below_the_next_post_at_once(
    node: Node, ann: MicroblogId, anns: Browser
) -> None:
    await told(node, await node.say(ann, f"Look at {PAGE}"))
    second = await node.say(ann, f"Look again at {PAGE}")
    assert (await anns.get("/home")).text.count("A fence is mended") == 1
    await told(node, second)
    assert (await anns.get("/home")).text.count("A fence is mended") == 2


async def test_what_a_page_says_of_itself_is_shown_as_words(node: Node, ann: MicroblogId, anns: Browser) -> None:
    await told(node, await node.say(ann, f"Look at {PAGE}"), about="<script>alert(1)</script>", image="javascript:x")
    page = (await anns.get("/home")).text
    assert "<script>alert" not in page
    assert "javascript:x" not in page
