"""What strangers write stays words: a corpus of tricks in every field that comes from elsewhere, before a real browser
with and without scripts, where no trick may run, load anything, or bring an element of its own."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from msgspec import structs

from scattershot.app.proxy import Signed
from scattershot.domain.change import Boosted, FollowAnswered, Followed, Liked, Posted
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Emoji, Field
from scattershot.domain.post import Attachment, Audience, Mention, Option, Poll, Post
from scattershot.domain.preview import Preview
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import previews
from scattershot.wirekit.html import clean_html
from tests.web.stage import Stage, open_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

HIT = "window.hit=1"
TRICKS = (
    f"<script>{HIT}</script>",
    f'"><img src=x onerror="{HIT}">',
    f"'><svg/onload='{HIT}'>",
    f"javascript:{HIT}//",
    f'" onmouseover="{HIT}" autofocus onfocus="{HIT}" x="',
    f"</title><script>{HIT}</script>",
    f"</textarea><script>{HIT}</script>",
    f'<a href="java\tscript:{HIT}">a</a>',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{HIT}">',
    '<iframe srcdoc="<script>top.hit=1</script>"></iframe>',
    f'<form action="javascript:{HIT}"><input name=token><button>x</button></form>',
    '<style>body{display:none}</style><link rel=stylesheet href="https://evil.example/x.css">',
    '<meta http-equiv=refresh content="0;url=https://evil.example/">',
    "{{ 7*7 }}{% raw %}{{ token }}",
    "\u202e\u2066:x: &lt;script&gt; &#x3C;script&#x3E;",
    "data:text/html,<script>window.hit=1</script>",
)
FAR = "https://evil.example"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stage() -> AsyncIterator[Stage]:
    """A node whose ann follows strangers, each of whom puts one trick everywhere."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_stage(Path(folder)) as opened:
            await opened.person("ann")
            for number, trick in enumerate(TRICKS):
                await _stranger(opened, number, trick)
            await opened.settle()
            yield opened


async def _stranger(stage: Stage, number: int, trick: str) -> None:
    emojis = (Emoji("x", trick), Emoji("y", f'{FAR}/y.png"{trick}'))
    who = await stage.elsewhere(
        f"s{number}", "evil.example", display_name=f"{trick} :x: :y:", bio=clean_html(f"<p>{trick}</p>"), url=trick,
        avatar=trick, header=f"{FAR}/h.png?{trick}", fields=(Field(trick, clean_html(trick)),), emojis=emojis,
    )  # fmt: skip
    ann = await stage.node.timelines.named("ann")
    assert ann is not None
    found = await stage.node.discover.known(who.value)
    assert found is not None
    assert found.microblog is not None
    await stage.follow(ann.id, found.microblog)
    await stage.apply(FollowAnswered(actor=who, follower=ann.profile.id, accepted=True))
    await stage.apply(Followed(actor=who, target=ann.profile.id))
    now = stage.node.drivers.clock.now()
    plain: dict[str, Any] = {"author": who, "published": Millis(now - number), "audience": Audience.PUBLIC}
    full = Post(
        id=WireId(ACTIVITYPUB, f"{FAR}/p/{number}"), html=clean_html(f"<p>@ann {trick} :x:</p>"), url=trick,
        title=trick, warning=trick if number % 2 else "", language=trick[:20], emojis=emojis, tags=("tricks",),
        mentions=(Mention(ann.profile.id, trick, trick),),
        attachments=(
            Attachment(trick, "image/png", trick),
            Attachment(f'{FAR}/x.png"{trick}', "image/png", trick, 10, 10),
            Attachment(f"{FAR}/x.mp4", "video/mp4", trick, thumbnail=trick),
            Attachment(trick, "application/pdf", trick),
        ),
        poll=Poll((Option(trick, 1), Option(f"{trick}2", 2)), ends=Millis(1 << 60)), **plain,
    )  # fmt: skip
    await stage.apply(Posted(actor=who, post=full))
    await stage.apply(Boosted(actor=who, post=full.id, at=now))
    answer = Post(id=WireId(ACTIVITYPUB, f"{FAR}/a/{number}"), html=clean_html(trick), reply_to=full.id, **plain)
    await stage.apply(Posted(actor=who, post=answer))
    await _preview(stage, f"{FAR}/a/{number}", trick)
    mine = await stage.say(ann.id, f"Number {number}.")
    for emoji in (trick[:64], ":x:"):
        await stage.apply(
            Liked(actor=who, post=WireId(ACTIVITYPUB, f"{stage.origin}/p/{mine}"), emoji=emoji, picture=trick)
        )


async def _preview(stage: Stage, url: str, trick: str) -> None:
    """The post links to a page that puts the trick into everything it says of itself."""
    found = await stage.node.discover.known(url)
    assert found is not None
    assert found.post is not None
    post = found.post
    page = Preview(url=trick, title=trick, about=trick, author=trick, provider=trick, image=trick, image_alt=trick)
    if not trick.startswith(("javascript:", "data:")):
        page = structs.replace(page, url=f"{FAR}/{trick}", image=f"{FAR}/{trick}.png")

    def work(tx: Transaction) -> None:
        now = stage.node.drivers.clock.now()
        number = previews.want(tx, f"{url}/page", now, now)
        asked = previews.Wanted(number, f"{url}/page", "", 0)
        previews.put(tx, asked, msgspec.json.encode(page).decode(), now)
        previews.attach(tx, post, number)

    await stage.node.drivers.database.write(work)


async def _answer(stage: Stage, number: int) -> str:
    found = await stage.node.discover.known(f"{FAR}/a/{number}")
    assert found is not None
    return f"/@s{number}@evil.example/{found.post}"


def _paths(stage: Stage) -> list[str]:
    plain = [
        "/home",
        "/public",
        "/notifications",
        "/tags/tricks",
        "/missed?span=week",
        "/conversations",
        "/@ann/following",
    ]
    plain += [
        "/search?q=%3Cscript%3Ewindow.hit%3D1%3C%2Fscript%3E",
        "/compose?text=%3C%2Ftextarea%3E%3Cscript%3Ewindow.hit%3D1",
    ]
    return plain + [f"/@s{number}@evil.example" for number in range(len(TRICKS))]


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without a script"])
async def test_no_trick_does_anything(stage: Stage, chromium_path: str, browser: Any, scripts: bool) -> None:
    context = await browser.new_context(java_script_enabled=scripts)
    await context.add_cookies([await stage.session("ann")])
    page = await context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("request", lambda made: made.url.startswith(stage.origin) or heard.append(f"asks {made.url}"))
    seen = {*_paths(stage), *[await _answer(stage, number) for number in range(len(TRICKS))]}
    waiting = sorted(seen)
    found: list[str] = []
    previewed = 0
    while waiting:
        path = waiting.pop(0)
        await page.goto(stage.origin + path)
        if page.url != stage.origin + path:
            found.append(f"{path} led to {page.url}")
        hurt = await page.evaluate(HURT)
        found += [f"{path}: {each}" for each in [*hurt["bad"], *filter(_tells, heard)]]
        heard.clear()
        previewed += await page.locator("a.preview").count()
        threads = [each for each in hurt["threads"] if each not in seen][:1] if path.startswith("/@s") else []
        seen.update(threads)
        waiting += threads
    assert len(seen) > 3 * len(TRICKS)
    assert previewed > len(TRICKS) // 2
    assert not found, "\n".join(found[:20])
    await context.close()


HURT = """() => {
  const bad = [], ours = ["/static/", "/proxy/", "/media/"];
  if (window.hit) bad.push("a script ran");
  for (const each of document.querySelectorAll("*")) {
    for (const {name} of each.attributes)
      if (name.startsWith("on") || name === "style" || name === "srcdoc") bad.push(`${each.localName} ${name}`);
    for (const name of ["src", "href", "action", "poster", "formaction"]) {
      const value = each.getAttribute(name);
      if (/^\\s*(javascript|data|vbscript):/i.test(value ?? "")) bad.push(`${each.localName} ${name}=${value}`);
    }
    const src = each.getAttribute("src");
    if (src && !ours.some((start) => src.startsWith(start))) bad.push(`${each.localName} loads ${src}`);
  }
  const alien = ["iframe", "object", "embed", "style", "math", "base", "[http-equiv]", "main link", "main script"];
  for (const name of alien)
    if (document.querySelector(name)) bad.push(`there is ${name}`);
  if (getComputedStyle(document.body).display === "none") bad.push("the page is gone");
  return {bad, threads: [...document.querySelectorAll("a.when")].map((link) => link.getAttribute("href"))};
}"""


def _tells(complaint: str) -> bool:
    """Whether a complaint tells of a trick; that pictures of a host that is not there cannot be had does not."""
    return not complaint.startswith("Failed to load resource")


def test_the_corpus_is_not_proxied_under_its_own_name() -> None:
    shown = Signed(b"k" * 32, "http://a.test").path
    assert [shown(trick) for trick in TRICKS] == [""] * len(TRICKS)
