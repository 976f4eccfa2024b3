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
        "list-open": f"/@ann/lists/{scene.list}",
        "kept": "/kept",
        "liked": "/liked",
        "likers": f"/posts/{scene.thread}/likes",
        "versions": f"/posts/{scene.thread}/versions",
        "menu": "/menu",
        "keys": "/keys",
        "compose": "/compose",
        "compose-draft": f"/compose?draft={scene.draft}",
        "drafts": "/drafts",
        "edit": f"/posts/{scene.mine}/edit",
        "delete": f"/posts/{scene.mine}/delete",
        "begin": "/begin",
        "begin-whom": "/begin/whom",
        "begin-say": "/begin/say",
        "own-pictures": "/settings/pictures",
        "list-new": "/lists/new",
        "list-edit": f"/lists/{scene.list}/edit",
        "profile-media": "/@dana@far.example?with=media",
        "search": "/search",
        "search-found": "/search?q=fence",
        "settings": "/settings",
        "account": "/settings/account",
        "networks": "/settings/networks",
        "microblogs": "/settings/microblogs",
        "sessions": "/settings/sessions",
        "posting": "/settings/posting",
        "told": "/settings/notifications",
        "filters": "/settings/filters",
        "away": "/settings/away",
        "away-domains": "/settings/away/domains",
        "portability": "/settings/portability",
        "second-factor": "/settings/second-factor",
        "invitations": "/settings/invitations",
        "about": "/about",
        "admin": "/admin",
        "admin-reports": "/admin/reports",
        "admin-waiting": "/admin/people",
        "admin-people": "/admin/microblogs",
        "admin-person": f"/admin/microblogs/{scene.bob}",
        "admin-domains": "/admin/domains",
        "admin-relays": "/admin/relays",
        "admin-lists": "/admin/domains/lists",
        "admin-list": f"/admin/domains/lists/{scene.blocks}",
        "admin-rules": "/admin/rules",
        "admin-announcements": "/admin/announcements",
        "admin-look": "/admin/look",
        "admin-emojis": "/admin/emojis",
        "quote": f"/posts/{scene.article}/quote",
        "report": f"/report/{scene.bob}",
        "not-found": "/@nobody",
    }


def open_pages(scene: Scene) -> dict[str, str]:
    """Pages that a stranger sees."""
    return {
        "front": "/",
        "login": "/login",
        "about-for-strangers": "/about",
        "offline": "/offline",
        "stranger-profile": "/@bob",
        "stranger-thread": f"/@bob/{scene.thread}",
        "stranger-local": "/local",
    }
