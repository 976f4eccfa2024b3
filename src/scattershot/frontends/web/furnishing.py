"""Furnishings: the menu, the look a browser chose, and what makes the site an app that can be installed."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scattershot.frontends.web.desk import THEMES, Desk
from scattershot.frontends.web.emoji_list import emojis_as_json, emojis_packed
from scattershot.frontends.web.forms import BadForm, local_path, read_form
from scattershot.frontends.web.visitors import Visitor
from scattershot.settings import Settings

_YEAR = 365 * 86_400


class Furnishing:
    """Pages that are about no post."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/menu", desk.open(self._menu)),
            Route("/keys", desk.open(self._keys)),
            Route("/theme", self._theme, methods=["POST"]),
            Route("/offline", desk.open(self._offline)),
            Route("/manifest.webmanifest", self._manifest),
            Route("/sw.js", self._worker),
            Route("/emojis.json", self._emojis),
        ]

    async def _menu(self, request: Request, visitor: Visitor) -> Response:
        """All that there is to go to, for where the bar at the side has no room."""
        return await self._desk.page(request, visitor, "menu.html")

    async def _keys(self, request: Request, visitor: Visitor) -> Response:
        return await self._desk.page(request, visitor, "keys.html")

    async def _theme(self, request: Request) -> Response:
        """Remember a look in the browser. It needs no token: nothing of anybody's is altered, and only our own pages
        may send it."""
        form = await read_form(request)
        if isinstance(form, BadForm):
            return Response(f"{form.words}\n", form.status, media_type="text/plain")
        response = self._desk.to(local_path(form.get("back"), "/menu"))
        chosen = form.get("theme")
        if chosen in THEMES:
            secure = self._settings.origin.startswith("https://")
            response.set_cookie("theme", chosen, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="lax")
        else:
            response.delete_cookie("theme", path="/")
        return response

    async def _offline(self, request: Request, _visitor: Visitor) -> Response:
        """What the service worker shows where there is no net: it is kept, so that nobody's name may stand on it."""
        return await self._desk.page(request, Visitor(), "offline.html")

    async def _manifest(self, _request: Request) -> Response:
        """How the site looks as an app (W3C Application Manifest)."""
        icon = {"src": self._desk.assets.path("icon.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"}
        told = {
            "name": self._settings.title,
            "short_name": self._settings.title[:30],
            "id": "/",
            "start_url": "/home",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#23604f",
            "icons": [icon, {**icon, "purpose": "maskable", "src": self._desk.assets.path("icon-maskable.svg")}],
            "share_target": {
                "action": "/compose",
                "method": "GET",
                "params": {"title": "title", "text": "text", "url": "url"},
            },
            "shortcuts": [
                {"name": "Write a post", "url": "/compose"},
                {"name": "Notifications", "url": "/notifications"},
            ],
        }
        headers = {"Cache-Control": "public, max-age=3600"}
        return JSONResponse(told, headers=headers, media_type="application/manifest+json")

    async def _emojis(self, request: Request) -> Response:
        headers = {"Cache-Control": "public, max-age=604800", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            packed = {**headers, "Content-Encoding": "gzip"}
            return Response(emojis_packed(), media_type="application/json", headers=packed)
        return Response(emojis_as_json(), media_type="application/json", headers=headers)

    async def _worker(self, _request: Request) -> Response:
        """The service worker; it stands at the root, for it may speak only for what is below it."""
        assets = self._desk.assets
        kept = ", ".join(f'"{path}"' for path in ("/offline", assets.path("app.css"), assets.path("icon.svg")))
        text = assets.text("worker.js").replace("/* KEPT */", kept)
        return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})
