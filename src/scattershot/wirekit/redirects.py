"""Where a redirect leads, one hop at a time: whoever follows counts the hops and signs each request afresh.

Header values are text of single bytes (latin-1), as both doors of the house hand them on.
"""

from urllib.parse import quote, urljoin, urlsplit

from scattershot.wirekit.http_message import Headers, Request, Response

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_BOUND_TO_ONE_REQUEST = frozenset(
    {
        "authorization",
        "content-digest",
        "cookie",
        "date",
        "digest",
        "host",
        "proxy-authorization",
        "signature",
        "signature-input",
    }
)
"""What names, dates, proves or authorizes one request to one host: the next hop gets its own."""

_URL_BYTES = "!#$%&'()*+,/:;=?@[]~"
"""Besides letters, digits and `-._~`, what may stand in a URL as it is (RFC 3986 section 2)."""


def next_hop(request: Request, response: Response) -> Request | None:
    """The unsigned request to make next, or None where the answer is final or its Location is not to be followed.

    Followed are GET and HEAD alone, to http and https alone, never from https down to http, and never to a URL that
    carries a user name. A fragment is dropped.
    """
    if response.status not in REDIRECTS or request.method not in ("GET", "HEAD"):
        return None
    there = _leads_to(request, response)
    return Request(request.method, there, _freed(request.headers)) if there is not None else None


def next_post(request: Request, response: Response) -> Request | None:
    """The same to be posted elsewhere, where 307 or 308 ask for that, or None; under the rules of `next_hop`."""
    if response.status not in (307, 308) or request.method != "POST":
        return None
    there = _leads_to(request, response)
    return Request("POST", there, _freed(request.headers), request.body) if there is not None else None


def _leads_to(request: Request, response: Response) -> str | None:
    locations = [value for name, value in response.headers if name == "location"]
    if len(locations) != 1:
        return None
    here = response.url or request.url
    there = _resolved(here, locations[0].strip())
    if there is None or (here.startswith("https:") and not there.startswith("https:")):
        return None
    return there


def _freed(headers: Headers) -> Headers:
    return Headers(pair for pair in headers if pair[0] not in _BOUND_TO_ONE_REQUEST)


def _resolved(here: str, location: str) -> str | None:
    if not location or any(c < " " or c == "\x7f" for c in location):
        return None
    try:
        there = quote(urljoin(here, location).partition("#")[0].encode("latin-1"), safe=_URL_BYTES)
        parts = urlsplit(there)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return there
