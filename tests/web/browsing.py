"""Real browsers: Chromium as it is started, and the pages that it looks at."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.web.scene import Scene

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Any]:
    """A browser without a window."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        with contextlib.suppress(Exception):
            await browser.close()


def pages(scene: Scene) -> dict[str, str]:
    """Every main page of somebody signed in, by its name: the path."""
    return {
        "home": "/home",
        "local": "/local",
        "public": "/public",
        "tag": "/tags/swifts",
        "thread": f"/@bob/{scene.answer}",
        "pictures": f"/@dana@far.example/{scene.pictures}",
        "article": f"/@carol/{scene.article}",
        "poll": f"/@bob/{scene.poll}",
        "profile": "/@bob",
        "profile-far": "/@dana@far.example",
        "profile-mine": "/@ann",
        "followers": "/@ann/followers",
        "notifications": "/notifications",
        "notifications-likes": "/notifications?only=marks",
        "conversations": "/conversations",
        "missed": "/missed?span=week",
        "lists": "/lists",
        "list": f"/lists/{scene.list}",
        "kept": "/kept",
        "liked": "/liked",
        "likers": f"/posts/{scene.thread}/likes",
        "versions": f"/posts/{scene.thread}/versions",
        "menu": "/menu",
        "keys": "/keys",
        "compose": "/compose",
        "profile-media": "/@dana@far.example?with=media",
        "search": "/search",
        "search-found": "/search?q=fence",
        "settings": "/settings",
        "account": "/settings/account",
        "networks": "/settings/networks",
        "microblogs": "/settings/microblogs",
        "sessions": "/settings/sessions",
        "quote": f"/posts/{scene.article}/quote",
        "report": f"/report/{scene.bob}",
        "not-found": "/@nobody",
    }


def open_pages(scene: Scene) -> dict[str, str]:
    """Pages that a stranger sees."""
    return {
        "front": "/",
        "login": "/login",
        "offline": "/offline",
        "stranger-profile": "/@bob",
        "stranger-thread": f"/@bob/{scene.thread}",
        "stranger-local": "/local",
    }
