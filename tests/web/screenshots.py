"""`./scattershot shots FOLDER [NAME]…`: pictures of every main page, on a phone and a desk, by day and by night; with
`--docs` the few small ones that the documentation shows."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests import peers
from tests.web.browsing import chromium, open_pages, pages
from tests.web.scene import play
from tests.web.stage import Stage, open_stage

WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
THEMES = ("light", "dark")
DOCUMENTED = (
    ("compose-draft", "desk", "light"),
    ("thread", "phone", "light"),
    ("pictures", "phone", "dark"),
    ("admin", "desk", "dark"),
)
"""The pictures that the documentation shows: a page, on what, and when."""


def main() -> int:
    """The exit status: 1 where there is no browser."""
    parser = argparse.ArgumentParser(prog="./scattershot shots", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go; keep it out of the repository")
    parser.add_argument("names", nargs="*", metavar="NAME", help="pages; all where none is given")
    parser.add_argument("--width", choices=WIDTHS, action="append", help="only on this")
    parser.add_argument("--theme", choices=THEMES, action="append", help="only in this")
    parser.add_argument("--whole", action="store_true", help="the whole page, not only what the window shows")
    parser.add_argument("--docs", action="store_true", help="the few of the documentation, small, as WebP")
    given = parser.parse_args()
    path = peers.find_chromium()
    if path is None:
        print("There is no Chromium: install it, or name it in SCATTERSHOT_CHROMIUM.", file=sys.stderr)
        return 1
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_shoot(path, given))
    return 0


async def _shoot(path: str, given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as data:
        named = {"domains": ("street.example",)} if given.docs else {}
        async with open_stage(Path(data), **named) as stage, chromium(path) as browser:
            scene = await play(stage)
            wanted = {name: (way, "ann") for name, way in pages(scene).items()}
            wanted |= {name: (way, "") for name, way in open_pages(scene).items()}
            if unknown := sorted(set(given.names) - set(wanted)):
                raise SystemExit(f"There is no page {', '.join(unknown)}. There are: {', '.join(wanted)}.")
            chosen = {name: wanted[name] for name in given.names or wanted}
            if given.docs:
                for name, width, theme in DOCUMENTED:
                    await _look(stage, browser, {name: wanted[name]}, width, theme, given)
                    _smaller(given.folder / f"{name}-{width}-{theme}.png")
                return
            for width in given.width or WIDTHS:
                for theme in given.theme or THEMES:
                    await _look(stage, browser, chosen, width, theme, given)


async def _look(stage: Stage, browser, chosen, width: str, theme: str, given: argparse.Namespace) -> None:  # type: ignore[no-untyped-def]
    wide, high = WIDTHS[width]
    view = {"viewport": {"width": wide, "height": high}, "color_scheme": theme, "reduced_motion": "reduce"}
    for who in ("ann", ""):
        context = await browser.new_context(**view)
        if who:
            await context.add_cookies([await stage.session(who)])
        page = await context.new_page()
        for name, (way, by) in chosen.items():
            if by != who:
                continue
            await page.goto(stage.origin + way, wait_until="load")
            await page.wait_for_timeout(150)
            await page.screenshot(path=given.folder / f"{name}-{width}-{theme}.png", full_page=given.whole)
        await context.close()


def _smaller(picture: Path) -> None:
    """A WebP in its place, at most 720 pixels wide."""
    with Image.open(picture) as image:
        small = image.convert("RGB")
        small.thumbnail((720, 720))
        small.save(picture.with_suffix(".webp"), quality=72, method=6)
    picture.unlink()


if __name__ == "__main__":
    sys.exit(main())
