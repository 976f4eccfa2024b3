"""Static files, served under a name that changes with their content, so that browsers may keep them for ever."""

import gzip
import hashlib
from importlib.resources import files
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file as it is served, and packed."""

    body: bytes
    packed: bytes
    media_type: str


class Assets:
    """Every file of `static/`, read once."""

    def __init__(self) -> None:
        self._by_path: dict[str, Asset] = {}
        self._paths: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        for file in files("scattershot.frontends.web").joinpath("static").iterdir():
            stem, _, ending = file.name.rpartition(".")
            if ending not in _TYPES:
                continue
            body = file.read_bytes()
            served = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"
            self._texts[file.name] = body.decode()
            self._by_path[served] = Asset(body, gzip.compress(body, 9, mtime=0), _TYPES[ending])
            self._paths[file.name] = f"/static/{served}"

    def path(self, name: str) -> str:
        """Where the file of that name is served."""
        return self._paths[name]

    def text(self, name: str) -> str:
        """The file of that name."""
        return self._texts[name]

    async def serve(self, request: Request) -> Response:
        """The file, or 404."""
        asset = self._by_path.get(request.path_params["file"])
        if asset is None:
            return Response("There is no such file.\n", 404, media_type="text/plain")
        headers = {"Cache-Control": _FOREVER, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.packed, headers=headers, media_type=asset.media_type)
        return Response(asset.body, headers=headers, media_type=asset.media_type)
