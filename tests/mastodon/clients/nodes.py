"""Two nodes as processes, and people on them with browsers: where real apps are let loose over real sockets."""

import re
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from itertools import count
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from scattershot.testing.browser import FilledForm, Page
from scattershot.wirekit.http_message import Headers
from tests import processes
from tests.processes import Process

PASSWORD = "correct horse battery"
OOB = "urn:ietf:wg:oauth:2.0:oob"
PATIENCE = 20.0

until = partial(processes.until, seconds=PATIENCE)
"""Wait, looking often, until something is so."""

_addresses = count(1)


class Browser:
    """A person's browser, without scripts: cookies, forms as they stand on the page, and it stays on its node."""

    def __init__(self, origin: str) -> None:
        self.origin, self._session = origin, requests.Session()
        # Each from an address of its own, or the door would think that one of them guesses passwords.
        self._address = f"198.51.100.{next(_addresses)}"

    def get(self, url: str) -> Page:
        """A page; or, where the way leads to another site, the redirect itself."""
        return self._go("GET", urljoin(self.origin, url))

    def submit(self, page: Page, form: FilledForm, **filled: str) -> Page:
        """Send a form as a person would who filled it in so."""
        fields = [(name, value) for name, value in form.fields if name not in filled] + list(filled.items())
        return self._go("POST", urljoin(page.url, form.action), fields)

    def _go(self, method: str, url: str, fields: list[tuple[str, str]] | None = None) -> Page:
        said = {"x-forwarded-for": self._address, "accept": "text/html"}
        for _ in range(6):
            sent = {**said, "origin": self.origin, "sec-fetch-site": "same-origin"} if method == "POST" else said
            answer = self._session.request(
                method, url, data=fields, headers=sent, timeout=PATIENCE, allow_redirects=False
            )
            to = urljoin(url, answer.headers.get("location", url))
            headers = Headers((name.lower(), value) for name, value in answer.headers.items())
            page = Page(url, answer.status_code, headers, answer.text)
            if not answer.is_redirect or not to.startswith(self.origin + "/"):
                return page
            method, url, fields = "GET", to, None
        raise AssertionError(f"too many redirects at {url}")


@dataclass
class Someone:
    """A person of a node, who signs in with a name and a password."""

    node: Process
    name: str
    browser: Browser

    @property
    def handle(self) -> str:
        return self.node.handle(self.name)

    @property
    def acct(self) -> str:
        """Their handle as apps write it elsewhere, without the first @."""
        return self.handle.removeprefix("@")

    def authorise(self, url: str, microblog: str = "") -> str:
        """Let an app in, as its address for that asks; the code it is to get, off the page or off the way back.

        `microblog` is the name of that which it may act for, where it is not to be one's own.
        """
        page = self.browser.get(url)
        if page.path.startswith("/login"):
            page = self.browser.submit(page, page.form("/login"), name=self.name, password=PASSWORD)
        assert page.status == 200, (page.url, page.status, page.text[-1000:])
        chosen = {"microblog": choice(page, microblog)} if microblog else {}
        page = self.browser.submit(page, page.form("/oauth/authorize"), answer="yes", **chosen)
        location = page.headers.get("location")
        if location is not None:
            return parse_qs(urlsplit(location).query)["code"][0]
        return code_on(page)


def choice(page: Page, name: str) -> str:
    """The value of the radio button beside that microblog's handle."""
    found = re.search(rf'type="radio"[^>]* value="(\d+)"[^>]*>[^@]*@{name}@', page.text)
    assert found, f"{name} cannot be chosen on {page.path}"
    return found[1]


def code_on(page: Page) -> str:
    """The code that a person is to copy into the app."""
    reader = _Codes()
    reader.feed(page.text)
    assert reader.found, page.text
    return reader.found[0]


class _Codes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "code"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data.strip())


def move_in(node: Process, name: str) -> Someone:
    """A new person, who follows their one-time link and chooses a password."""
    link = node.do("person", "add", name)
    browser = Browser(node.origin)
    page = browser.get(link)
    page = browser.submit(page, page.forms[0], password=PASSWORD)
    assert page.path == "/home", (page.path, page.status)
    return Someone(node, name, Browser(node.origin))
