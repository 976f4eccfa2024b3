"""Settings: taking along what is one's own, and bringing it in. No script is needed: progress is told by a reload.

A file is read with a cap and only from our own page; whatever is here is its microblog's owners' alone.
"""

from collections.abc import AsyncIterator

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from scattershot.app.archives import Archives
from scattershot.app.exporting import FILES, Exporting
from scattershot.app.importing import MAX_BYTES, TAKEN, Importing
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form, comes_from_here, is_token_of
from scattershot.frontends.web.visitors import Visitor
from scattershot.wirekit.mastodon_csv import File

_PAGE = "/settings/portability"
_HEAD = 10_000
"""Bytes of what stands around a file in a form."""

WORDS = {
    File.FOLLOWING: "Whom you follow",
    File.FOLLOWERS: "Who follows you",
    File.BLOCKS: "Whom you block",
    File.MUTES: "Whom you mute",
    File.DOMAINS: "Domains you shun",
    File.BOOKMARKS: "Bookmarks",
    File.LISTS: "Your lists",
}
"""The files in words for people."""

_NO_FILE = Refused("invalid", "Choose a file, and say what is in it.")
_TOO_LONG = Refused("too_long", f"A file has at most {MAX_BYTES // 1_000_000} MB.")
_UNREADABLE = Refused("invalid", "That form cannot be read.")
_STATUS = {"too_long": 413, "busy": 429, "often": 429}


class Portability:
    """The page, and the files behind it."""

    def __init__(self, desk: Desk, importing: Importing, exporting: Exporting, archives: Archives) -> None:
        self._desk, self._importing, self._exporting, self._archives = desk, importing, exporting, archives

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route(_PAGE, desk.members(self._show, Deed.RELATE), methods=["GET"]),
            Route(f"{_PAGE}/import", desk.members(self._take, Deed.RELATE), methods=["POST"]),
            Route(f"{_PAGE}/archive", desk.form(self._ask, Deed.END), methods=["POST"]),
            Route(f"{_PAGE}/archive/{{id:int}}", desk.members(self._archive, Deed.END), methods=["GET"]),
            Route(f"{_PAGE}/failures/{{id:int}}", desk.members(self._failures, Deed.RELATE), methods=["GET"]),
            Route(f"{_PAGE}/{{name}}.csv", desk.members(self._csv, Deed.RELATE), methods=["GET"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, 200)

    async def _page(self, request: Request, visitor: Visitor, status: int, problem: str = "") -> Response:
        assert visitor.who is not None
        return await self._desk.page(
            request,
            visitor,
            "portability.html",
            status,
            problem=problem,
            files=[{"name": file.value, "words": WORDS[file]} for file in FILES],
            kinds=[{"name": file.value, "words": WORDS[file]} for file in TAKEN],
            imports=[
                {
                    "id": row.id,
                    "words": WORDS[File(row.file)],
                    "at": row.at,
                    "overwrite": row.overwrite,
                    "total": row.total,
                    "done": row.total - row.remaining - row.failed,
                    "failed": row.failed,
                    "is_over": row.ended is not None,
                }
                for row in await self._importing.of(visitor.who)
            ],
            archives=[
                {"id": row.id, "state": row.state.value, "at": row.at, "megabytes": f"{row.bytes / 1_000_000:,.1f}"}
                for row in await self._archives.of(visitor.who)
            ],
        )

    # -- bringing in

    async def _take(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        if not comes_from_here(request):
            return await self._desk.problem(request, visitor, 403, "This form was sent from another site.")
        said = request.headers.get("content-length", "")
        if not said.isdecimal() or len(said) > 12 or int(said) > MAX_BYTES + _HEAD:
            return await self._again(request, visitor, _TOO_LONG)
        try:
            async with request.form(max_files=1, max_fields=10, max_part_size=_HEAD) as form:
                if not is_token_of(str(form.get("token", "")), visitor.secret):
                    return await self._desk.problem(request, visitor, 403, "This page had grown old. Nothing was done.")
                given, kind = form.get("file"), str(form.get("kind", ""))
                if not isinstance(given, UploadFile) or kind not in {file.value for file in TAKEN}:
                    return await self._again(request, visitor, _NO_FILE)
                overwrite = form.get("mode") == "overwrite"
                body = await given.read(MAX_BYTES + 1)
        except HTTPException:
            return await self._again(request, visitor, _UNREADABLE)
        taken = await self._importing.take(visitor.who, File(kind), body, overwrite=overwrite)
        if isinstance(taken, Refused):
            return await self._again(request, visitor, taken)
        return self._desk.to(f"{_PAGE}#imports")

    async def _again(self, request: Request, visitor: Visitor, why: Refused) -> Response:
        return await self._page(request, visitor, _STATUS.get(why.why, 422), why.detail)

    async def _failures(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        wanted: int = request.path_params["id"]
        pieces = await self._importing.failures(visitor.who, wanted) if wanted < 1 << 63 else None
        if pieces is None:
            return await self._desk.not_found(request, visitor)
        return _download(pieces, "failures.csv", "text/csv")

    # -- taking along

    async def _csv(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        wanted = next((file for file in FILES if file.value == request.path_params["name"]), None)
        if wanted is None:
            return await self._desk.not_found(request, visitor)
        return _download(self._exporting.csv(visitor.who, wanted), f"{wanted.value}.csv", "text/csv")

    async def _ask(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        assert visitor.who is not None
        refused = await self._archives.ask(visitor.who)
        if refused is not None:
            return await self._again(request, visitor, refused)
        return self._desk.to(f"{_PAGE}#archives")

    async def _archive(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        assert visitor.speaker is not None
        wanted: int = request.path_params["id"]
        found = await self._archives.read(visitor.who, wanted) if wanted < 1 << 63 else None
        if found is None:
            return await self._desk.not_found(request, visitor)
        size, pieces = found
        response = _download(pieces, f"archive-{visitor.speaker.profile.name}.zip", "application/zip")
        response.headers["Content-Length"] = str(size)
        return response


def _download(pieces: AsyncIterator[bytes], name: str, media_type: str) -> Response:
    """A file to be saved, never shown, and kept by nobody on the way."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(pieces, headers=headers, media_type=media_type)
