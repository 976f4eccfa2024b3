"""The home page as a browser gets it: what twenty posts weigh, and what a page costs the node."""

import gzip
import http.client
import re
import tempfile
from html import unescape
from pathlib import Path

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Origin
from scattershot.bootstrap import build_node
from scattershot.domain.change import FollowAnswered, Posted, ProfileChanged
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Attachment, Audience, Option, Poll, Post
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.settings import read_settings
from tests.bench.children import child
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.load import Sent, send_these
from tests.bench.node_process import NodeProcess, a_node, free_port

POSTS, AUTHORS = 20, 8
PAGES = 1_000
CONNECTIONS = 4
WEIGHT, CPU = {"aim": 60.0}, {"aim": 1_000.0}

_WORDS = (
    "I mended the fence, and the goat is not impressed; she looked at it for a while and went around.",
    "Seen from the bridge at low water: two herons, one very patient cat, and the ferry that never leaves on time.",
    "The bread has risen. Whoever wants some should come before the children are up, for there will be none after.",
    "A letter came from the sea today, with sand in it.",
    "Somebody left the good pens unguarded. They are mine now, and I shall write to everybody who ever lent me one.",
)


async def run(options: Options) -> Result:
    """Pages of one reader, over HTTP and packed, from a node of its own that did nothing else meanwhile."""
    pages = 30 if options.quick else PAGES
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data, port = Path(folder) / "node", free_port()
        session = await _seeded(data, port)
        async with a_node(data, port) as node:
            await node.first_answer()
            weights, etag = _weighed(port, session)
            figures = [Figure(f"{name}, packed", size / 1000, "kB") for name, size in weights.items()]
            figures.insert(0, Figure("HTML, CSS and JS, packed", sum(weights.values()) / 1000, "kB", WEIGHT))
            whole = await _asked(node, port, session, "", 200, pages)
            same = await _asked(node, port, session, etag, 304, pages)
    figures += [
        Figure("a cached home page, CPU of the node", whole[0], "µs", CPU),
        Figure("  p50", whole[1], "ms"),
        Figure("the same, which the browser has, CPU", same[0], "µs", CPU),
        Figure("  p50", same[1], "ms"),
    ]
    return Result(
        "web",
        f"/home of {POSTS} posts by {AUTHORS} authors, a picture in every third, read over HTTP by {CONNECTIONS}",
        figures,
        {"pages read": 2 * pages},
    )


async def _seeded(data: Path, port: int) -> str:
    """A store with a home page; the secret of its reader's session."""
    data.mkdir(parents=True)
    settings = read_settings(None, {}, {"data": str(data), "origin": f"http://localhost:{port}"})
    node = await build_node(settings)
    made = await node.people.add("reader")
    assert not isinstance(made, Refused), made
    for number in range(AUTHORS):
        await _author(node, made[1], number)
    for number in range(POSTS + 5):
        await _change(node, Posted(actor=_name(number % AUTHORS), post=_post(node.drivers.clock.now(), number)))
    while await node.readers.step():
        pass
    secret = await node.people.sign_in_link("reader")
    assert isinstance(secret, str), secret
    signed_in = await node.people.follow_link(secret)
    assert not isinstance(signed_in, Refused), signed_in
    await node.stop(0.0)
    return signed_in.session


async def _change(node, change) -> None:  # type: ignore[no-untyped-def]
    origin = Origin(node.drivers.clock.now(), "bench", asked_for=True)
    await node.drivers.database.write(lambda tx: apply(tx, change, origin, node.house))


async def _author(node, reader, number: int) -> None:  # type: ignore[no-untyped-def]
    name = _name(number)
    profile = Profile(
        id=name, name=f"author{number}", domain="far.example", display_name=f"Author number {number}",
        url=f"https://far.example/@author{number}", avatar=f"https://far.example/{number}.png",
    )  # fmt: skip
    await _change(node, ProfileChanged(actor=name, profile=profile))
    found = await node.discover.known(name.value)
    await node.publisher.follow(reader, found.microblog, "bench")
    face = await node.timelines.face(reader)
    await _change(node, FollowAnswered(actor=name, follower=face.profile.id, accepted=True))


def _name(number: int) -> WireId:
    return WireId(ACTIVITYPUB, f"https://far.example/users/author{number}")


def _post(now: int, number: int) -> Post:
    tag = '<a href="https://far.example/tags/goat" class="mention hashtag" rel="tag">#<span>goat</span></a>'
    picture = Attachment(f"https://far.example/{number}-picture.jpg", "image/jpeg", _WORDS[number % 5], 1600, 1200)
    return Post(
        id=WireId(ACTIVITYPUB, f"https://far.example/p/{number}"),
        author=_name(number % AUTHORS),
        published=Millis(now - 100 * 86_400_000 - number * 3_600_000),  # nothing in it reads otherwise meanwhile
        audience=Audience.PUBLIC,
        html=f"<p>{_WORDS[number % 5]} {_WORDS[number % 3]}</p><p>{tag}</p>",
        url=f"https://far.example/@author{number % AUTHORS}/{number}",
        tags=("goat",),
        language="en",
        attachments=(picture,) if number % 3 == 0 else (),
        poll=Poll((Option("Yes", 3), Option("No", 4))) if number % 10 == 5 else None,
    )


def _weighed(port: int, session: str) -> tuple[dict[str, int], str]:
    """Bytes of the page and of all it needs before its pictures; and the page's name."""
    asked = http.client.HTTPConnection("localhost", port, timeout=10)

    def get(path: str) -> tuple[bytes, http.client.HTTPResponse]:
        asked.request("GET", path, headers={"Cookie": f"session_{port}={session}", "Accept-Encoding": "gzip"})
        answer = asked.getresponse()
        return answer.read(), answer

    body, answer = get("/home")
    html = unescape(gzip.decompress(body).decode())
    check("posts on the page", html.count("<article"), POSTS)
    found = {"HTML": len(body)}
    for kind, path in re.findall(r'"(?:stylesheet|module)" (href|src)="([^"]+)"', html):
        found["CSS" if kind == "href" else "JS"] = len(get(path)[0])
    return found, answer.headers["ETag"]


async def _asked(node: NodeProcess, port: int, session: str, etag: str, status: int, pages: int) -> tuple[float, float]:
    """CPU in µs for each page, and the median in ms."""
    held = f"If-None-Match: {etag}\r\n" if etag else ""
    request = (
        f"GET /home HTTP/1.1\r\nHost: localhost:{port}\r\nAccept-Encoding: gzip\r\n{held}"
        f"Cookie: session_{port}={session}\r\n\r\n"
    ).encode()
    async with child(send_these, [[request] * 20, [request] * pages], port, CONNECTIONS) as load:
        await load.answer()
        await load.ask("send")
        before = node.cpu()
        sent: Sent = await load.ask("send")
        spent = node.cpu() - before
    check(f"pages answered {status}", sent.statuses.get(status, 0), pages)
    return spent / pages * 1e6, percentile(sent.seconds, 0.5) * 1000
