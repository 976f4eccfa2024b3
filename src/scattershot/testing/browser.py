"""A person's browser without a network: pages, cookies, forms as they stand on the page, and live streams."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from scattershot.testing.fakes import AsgiApp, AsgiFetcher, Message
from scattershot.wirekit.http_message import Headers, Request, Response

MOST_REDIRECTS = 5


class FilledForm(NamedTuple):
    """A form as it stands on a page, with what is in it."""

    action: str
    method: str
    fields: list[tuple[str, str]]


class Page(NamedTuple):
    """What a browser shows."""

    url: str
    status: int
    headers: Headers
    text: str

    @property
    def path(self) -> str:
        """The path it came from, with its query."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def forms(self) -> list[FilledForm]:
        """Every form on it."""
        reader = _Forms()
        reader.feed(self.text)
        return reader.forms

    def form(self, action: str) -> FilledForm:
        """The first form that goes to that path."""
        found = next((form for form in self.forms if urlsplit(form.action).path == action), None)
        assert found is not None, f"no form for {action} on {self.path}, only {[f.action for f in self.forms]}"
        return found

    def deed(self, ending: str) -> FilledForm:
        """The first form whose path ends so (`/like`)."""
        found = next((form for form in self.forms if urlsplit(form.action).path.endswith(ending)), None)
        assert found is not None, f"no form for …{ending} on {self.path}"
        return found


class Browser:
    """Keeps cookies, follows redirects, says where its forms come from; no script runs in it."""

    def __init__(self, app: AsgiApp, origin: str = "http://a.test", address: str = "198.51.100.7") -> None:
        self._app, self._origin, self._address = app, origin, address
        self._fetcher = AsgiFetcher({urlsplit(origin).netloc: app}, (address, 40000))
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, *, follow: bool = True, headers: Mapping[str, str] | None = None) -> Page:
        """A page by its path."""
        return await self._go("GET", path, b"", dict(headers or {}), follow=follow)

    async def submit(self, page: Page, form: FilledForm, follow: bool = True, **filled: str | None) -> Page:
        """Send a form as a person would who filled it in so; None takes a field away."""
        fields = [(name, value) for name, value in form.fields if name not in filled]
        fields += [(name, value) for name, value in filled.items() if value is not None]
        assert form.method == "post"
        return await self.post(urljoin(page.url, form.action), fields, follow=follow)

    async def post(
        self,
        path: str,
        fields: list[tuple[str, str]],
        *,
        follow: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send fields to a path; `headers` replace what a browser would say of where the form came from."""
        said = {"origin": self._origin, "sec-fetch-site": "same-origin"} if headers is None else dict(headers)
        said["content-type"] = "application/x-www-form-urlencoded"
        return await self._go("POST", path, urlencode(fields).encode(), said, follow=follow)

    async def file(self, path: str, headers: Mapping[str, str] | None = None) -> bytes:
        """A file by its path, as it is."""
        answer = await self._fetcher.send(Request("GET", urljoin(self._origin, path), self._with(dict(headers or {}))))
        assert isinstance(answer, Response), answer
        assert answer.status == 200, answer.status
        return answer.body

    async def give(self, page: Page, form: FilledForm, file: bytes | None, **filled: str) -> Page:
        """Send a form with a file in its field `file`, or (None) one that takes files and has none."""
        mark = "a-line-that-stands-in-no-file"
        fields = dict(form.fields) | filled
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
        given = head.encode() + file + b"\r\n" if file is not None else b""
        body = "".join(parts).encode() + given + f"--{mark}--\r\n".encode()
        said = {"origin": self._origin, "sec-fetch-site": "same-origin", "content-length": str(len(body))}
        said["content-type"] = f"multipart/form-data; boundary={mark}"
        return await self._go("POST", urljoin(page.url, form.action), body, said, follow=True)

    async def _go(self, method: str, path: str, body: bytes, headers: dict[str, str], *, follow: bool) -> Page:
        url = urljoin(self._origin, path)
        for _ in range(MOST_REDIRECTS):
            answer = await self._fetcher.send(Request(method, url.partition("#")[0], self._with(headers), body))
            if self._fetcher.failures:
                raise self._fetcher.failures.pop()
            assert isinstance(answer, Response), answer
            self._keep(answer)
            location = answer.headers.get("location")
            if not follow or location is None or answer.status not in (301, 302, 303, 307, 308):
                return Page(url, answer.status, answer.headers, answer.body.decode())
            method, body, url = "GET", b"", urljoin(url, location)
            headers = {}
        raise AssertionError(f"too many redirects from {path}")

    def _with(self, headers: dict[str, str]) -> Headers:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        pairs = [("accept", "text/html,application/xhtml+xml"), *headers.items()]
        return Headers([*pairs, ("cookie", cookies)] if cookies else pairs)

    def _keep(self, answer: Response) -> None:
        for name, value in answer.headers:
            if name != "set-cookie":
                continue
            for morsel in SimpleCookie(value).values():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(morsel.key, None)
                else:
                    self.cookies[morsel.key] = morsel.value

    @asynccontextmanager
    async def stream(self, path: str, headers: Mapping[str, str] | None = None) -> AsyncIterator["Stream"]:
        """An open stream of server-sent events; leaving ends it."""
        parts = urlsplit(urljoin(self._origin, path))
        sent = self._with(dict(headers or {}))
        scope: dict[str, object] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": parts.scheme,
            "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
            "headers": [(b"host", parts.netloc.encode()), *((n.encode(), v.encode()) for n, v in sent)],
            "client": (self._address, 40000), "server": (parts.hostname, parts.port or 80), "root_path": "",
        }  # fmt: skip
        stream = Stream()
        running = asyncio.ensure_future(_running(self._app, scope, stream))
        try:
            yield stream
        finally:
            stream.left.set()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _running(app: AsgiApp, scope: dict[str, object], stream: "Stream") -> None:
    await app(scope, stream.receive, stream.send)


class Told(NamedTuple):
    """One server-sent event."""

    id: str
    event: str
    data: str


class Stream:
    """The events of one stream as they come."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self.opened = asyncio.Event()
        """Set with the first bytes: from then on the page is told."""
        self.status = 0
        self._chunks: asyncio.Queue[str | None] = asyncio.Queue()
        self._rest = ""

    async def receive(self) -> Message:
        """The ASGI side: nothing is sent, and at last the page is left."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """The ASGI side."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.opened.set()
            await self._chunks.put(bytes(message.get("body", b"")).decode())
            if not message.get("more_body", False):
                await self._chunks.put(None)

    async def next(self, seconds: float = 5.0) -> Told | None:
        """The next event, passing over comments; None at the end."""
        async with asyncio.timeout(seconds):
            while True:
                block, found, rest = self._rest.partition("\n\n")
                if not found:
                    chunk = await self._chunks.get()
                    if chunk is None:
                        return None
                    self._rest += chunk
                    continue
                self._rest = rest
                lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
                if "event" in lines:
                    return Told(lines.get("id", ""), lines["event"], lines.get("data", ""))


class _Forms(HTMLParser):
    """Finds forms and what stands in their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FilledForm] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(FilledForm(given.get("action", ""), given.get("method", "get").lower(), []))
        elif not self.forms:
            return
        elif tag == "input" and "name" in given:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.forms[-1].fields.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self._area = given.get("name")
            self.forms[-1].fields.append((given.get("name", ""), ""))
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select is not None:
            chosen = [each for each in self.forms[-1].fields if each[0] == self._select]
            if not chosen or "selected" in given:
                self.forms[-1].fields[:] = [each for each in self.forms[-1].fields if each[0] != self._select]
                self.forms[-1].fields.append((self._select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, value = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, value + data)
