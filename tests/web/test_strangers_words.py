"""What strangers write stays words: a corpus of tricks in every field that comes from elsewhere, before a real browser
with and without scripts, where no trick may run, load anything, or bring an element of its own."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from scattershot.app.proxy import Signed
from tests.web.stage import Stage, open_stage
from tests.web.strangers import FAR, TRICKS, around, name_passkeys, stranger

WITH_A_BROWSER = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def stage() -> AsyncIterator[Stage]:
    """A node whose ann follows strangers, each of whom puts one trick everywhere."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_stage(Path(folder)) as opened:
            await opened.person("ann")
            for number, trick in enumerate(TRICKS):
                await stranger(opened, number, trick)
            await around(opened)
            await opened.settle()
            yield opened


async def _answer(stage: Stage, number: int) -> str:
    found = await stage.node.discover.known(f"{FAR}/a/{number}")
    assert found is not None
    return f"/@s{number}@evil.example/{found.post}"


LISTS = (
    "/home",
    "/public",
    "/notifications",
    "/tags/tricks",
    "/missed?span=week",
    "/conversations",
    "/@ann/following",
    "/search?q=%3Cscript%3Ewindow.hit%3D1%3C%2Fscript%3E",
    "/compose?text=%3C%2Ftextarea%3E%3Cscript%3Ewindow.hit%3D1",
)
OFFICE = (
    "/settings/away",
    "/settings/away/muted",
    "/settings/filters",
    "/settings/sessions",
    "/settings/second-factor",
    "/settings/portability",
    "/settings/microblogs",
    "/settings/invitations",
    "/settings/networks",
    "/settings/account",
    "/lists",
    "/report/{s1}?post={p1}",
    "/admin",
    "/admin/reports",
    "/admin/people",
    "/admin/microblogs?where=elsewhere",
    "/admin/microblogs/{s1}",
    "/admin/domains",
    "/admin/domains/lists",
    "/admin/relays",
    "/admin/domains/lists/1",
    "/admin/rules",
    "/admin/announcements",
    "/admin/emojis",
    "/admin/look",
    "/about",
    "/home",
)
PROFILES = tuple(f"/@s{number}@evil.example" for number in range(len(TRICKS)))


async def _looked_at(
    stage: Stage, browser: Any, session: dict[str, str], waiting: list[str], *, scripts: bool = True
) -> tuple[int, int]:
    """How many pages were looked at, the threads that profiles lead to among them, and how many previews were seen."""
    context = await browser.new_context(java_script_enabled=scripts)
    await context.add_cookies([session])
    page = await context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("request", lambda made: made.url.startswith(stage.origin) or heard.append(f"asks {made.url}"))
    seen, previewed = set(waiting), 0
    found: list[str] = []
    while waiting:
        path = waiting.pop(0)
        answer = await page.goto(stage.origin + path)
        if answer is None or answer.status != 200 or page.url != stage.origin + path:
            found.append(f"{path} led to {page.url}")
        hurt = await page.evaluate(HURT)
        found += [f"{path}: {each}" for each in [*hurt["bad"], *filter(_tells, heard)]]
        heard.clear()
        previewed += hurt["previews"]
        threads = [each for each in hurt["threads"] if each not in seen][:1] if path in PROFILES and scripts else []
        seen.update(threads)
        waiting += threads
    await context.close()
    assert not found, "\n".join(found[:20])
    return len(seen), previewed


@WITH_A_BROWSER
async def test_no_trick_does_anything(stage: Stage, browser: Any) -> None:
    # Of each stranger the page, the first post of it by itself, and of every other the answer below that post.
    answers = [await _answer(stage, number) for number in range(1, len(TRICKS), 2)]
    ann = await stage.session("ann")
    seen, previewed = await _looked_at(stage, browser, ann, [*LISTS, *PROFILES, *answers])
    assert seen >= len(LISTS) + 2 * len(TRICKS) + len(answers)
    assert previewed > len(TRICKS) // 2


@WITH_A_BROWSER
async def test_no_trick_does_anything_where_there_is_no_script(stage: Stage, browser: Any) -> None:
    # Every field of every stranger is on some profile; what else is around them is the same as with a script.
    _, previewed = await _looked_at(stage, browser, await stage.session("ann"), [*LISTS, *PROFILES], scripts=False)
    assert previewed


@WITH_A_BROWSER
async def test_no_trick_does_anything_in_settings_and_to_those_who_run_the_node(stage: Stage, browser: Any) -> None:
    named = await stage.node.discover.known("https://evil.example/users/s1")
    post = await stage.node.discover.known(f"{FAR}/p/1")
    assert named is not None
    assert post is not None
    paths = [path.format(s1=named.microblog, p1=post.post) for path in OFFICE]
    rita = await stage.session("rita")
    await name_passkeys(stage, "rita")
    seen, _ = await _looked_at(stage, browser, rita, paths)
    assert seen == len(OFFICE)


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
  const previews = document.querySelectorAll("a.preview").length;
  return {bad, previews, threads: [...document.querySelectorAll("a.when")].map((link) => link.getAttribute("href"))};
}"""


def _tells(complaint: str) -> bool:
    """Whether a complaint tells of a trick; that pictures of a host that is not there cannot be had does not, nor what
    Chromium advises whoever keeps passwords."""
    return not complaint.startswith(("Failed to load resource", "[DOM]"))


def test_the_corpus_is_not_proxied_under_its_own_name() -> None:
    shown = Signed(b"k" * 32, "http://a.test").path
    assert [shown(trick) for trick in TRICKS] == [""] * len(TRICKS)
