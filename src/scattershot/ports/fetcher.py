"""The way out: requests to other nodes, guarded, capped and never following a redirect unasked; and following some."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol, TypeAlias

from scattershot.wirekit.http_message import Request, Response
from scattershot.wirekit.redirects import next_hop


class Unreachable(NamedTuple):
    """No answer: `why` is one of a few words fit for a label, `detail` is for logs."""

    why: str
    """One of: dns, refused, timeout, tls, too_large, private_address, scheme, protocol."""
    detail: str

    @property
    def said(self) -> str:
        """Why, as the end of a sentence for people."""
        return _SAID.get(self.why, "something went wrong on the way")


_SAID = {
    "dns": "there is no server of that name",
    "refused": "nobody answers there",
    "timeout": "it does not answer in time",
    "tls": "its certificate is not good",
    "too_large": "its answer is too large",
    "private_address": "its address is a private one, with which this node does not deal",
    "scheme": "only https addresses are dealt with",
    "protocol": "its answer makes no sense",
}


Take: TypeAlias = Callable[[bytes], Awaitable[None]]
"""What is done with each piece of a body as it comes."""


class Fetcher(Protocol):
    """Sends one request and brings one answer."""

    async def send(self, request: Request, *, limit: int = 1_000_000, seconds: float = 30.0) -> Response | Unreachable:
        """The answer, its body at most `limit` bytes (a larger one is `Unreachable("too_large")`); redirects are
        answers, not followed.

        The body has its content coding undone; header values are text of single bytes (latin-1). The closed word
        `refused` also stands for a connection that was cut before an answer, `protocol` for nonsense of either side.
        """
        ...


async def followed(
    fetcher: Fetcher, request: Request, hops: int, *, limit: int, seconds: float, too_many: Unreachable | None = None
) -> Response | Unreachable:
    """What is there in the end, unsigned, behind so many redirects at most; its `url` is where that was.

    Where there are more, `too_many`, or else the last redirect itself. `seconds` are for each request.
    """
    while True:
        answer = await fetcher.send(request, limit=limit, seconds=seconds)
        if isinstance(answer, Unreachable):
            return answer
        answer = answer._replace(url=request.url)
        following = next_hop(request, answer)
        if following is None:
            return answer
        if hops == 0:
            return too_many if too_many is not None else answer
        request, hops = following, hops - 1


class Pourer(Fetcher, Protocol):
    """A fetcher that can bring more than fits into memory."""

    async def pour(
        self, request: Request, take: Take, *, limit: int = 1_000_000, seconds: float = 30.0
    ) -> Response | Unreachable:
        """The answer with its body handed to `take` in pieces instead of kept, for what is too large to hold; only that
        of a 200 is, and its content coding is not undone. What `take` raises ends it and is passed on.
        """
        ...
