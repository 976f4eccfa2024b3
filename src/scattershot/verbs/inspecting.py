"""`inspect`: from what a person types to the thing itself, every step on the wire shown, nothing stored."""

import asyncio
from http import HTTPStatus

from msgspec import DecodeError, json

from scattershot.bootstrap import Node
from scattershot.domain.change import Boosted, Change, Posted, ProfileChanged
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Changes, Ignored, Needs, Refused
from scattershot.domain.wire_id import WireId
from scattershot.opening import Trouble
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.adapter import ActivityPub
from scattershot.protocols.activitypub.wire import proofs
from scattershot.protocols.activitypub.wire.vocabulary import Malformed, decode
from scattershot.tongues import activitypub
from scattershot.verbs.inspecting_hints import inspect_udp
from scattershot.verbs.judging import judge_request
from scattershot.verbs.saying import Say, shown
from scattershot.wirekit.html import plain_text
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.keys import load_public, public_from_multikey

LINES = 60
"""Lines of a body shown unless all of it is asked for."""
WIDTH = 200
"""Characters of a header or a line shown."""

_ASKED = ("accept", "date", "digest", "content-digest", "signature-input", "signature")
_ANSWERED = (
    "content-type", "content-length", "location", "link", "date", "retry-after", "accept-signature", "server", "vary",
    "www-authenticate",
)  # fmt: skip


class Shown:
    """A way out that shows what goes and comes; `bodies` are the last answers by address."""

    def __init__(self, fetcher: Fetcher, say: Say, *, full: bool) -> None:
        self._fetcher, self._say, self._full = fetcher, say, full
        self.bodies: dict[str, bytes] = {}
        self._asked = 0

    async def send(self, request: Request, *, limit: int = 1_000_000, seconds: float = 30.0) -> Response | Unreachable:
        """As the port says."""
        loop = asyncio.get_running_loop()
        self._asked += 1
        self._say.out(f"\n{self._asked}. {request.method} {request.url}")
        self._headers(request.headers, _ASKED)
        began = loop.time()
        answer = await self._fetcher.send(request, limit=limit, seconds=seconds)
        spent = f"after {(loop.time() - began) * 1000:.0f} ms"
        if isinstance(answer, Unreachable):
            self._say.out(shown(f"   no answer {spent}: {answer.why}, {answer.detail}"))
            return answer
        self._say.out(f"   answered {answer.status} {_phrase(answer.status)} {spent}, {len(answer.body):,} bytes")
        self._headers(answer.headers, _ANSWERED)
        self._body(answer)
        self.bodies[request.url] = answer.body
        return answer

    def _headers(self, headers: Headers, wanted: tuple[str, ...]) -> None:
        for name in wanted:
            value = headers.get(name)
            if value is not None:
                self._say.out(shown(f"     {name}: {value if self._full else _cut(value)}"))

    def _body(self, answer: Response) -> None:
        text = _pretty(answer, full=self._full)
        lines = text.splitlines()
        for line in lines if self._full else lines[:LINES]:
            self._say.out(shown(f"   | {line if self._full else _cut(line)}"))
        if len(lines) > LINES and not self._full:
            self._say.out(f"   | … {len(lines) - LINES} lines more (--full shows them)")


async def inspect(node: Node, say: Say, *, what: str, full: bool, request: str = "") -> None:
    """Look for a handle or an address, and judge what is there; or judge a request that was caught; or say how we stand
    to those that tell each other of news by datagram."""
    if what == "udp":
        await inspect_udp(node, say)
        return
    speaker = await node.people.node_speaker(node.settings.title)
    fetcher = Shown(node.drivers.fetcher, say, full=full)
    tongue = activitypub(node.settings, fetcher, node.drivers.clock)
    say.out(f"Asking as {speaker.microblog.value}")
    if request:
        await judge_request(node, say, tongue, request)
        return
    found = await tongue.find(what, speaker)
    if isinstance(found, Refused):
        raise Trouble(shown(found.detail) or f"Not found: {found.why}.")
    say.out(shown(f"\n{what} stands for {found.value}"))
    change = await _read(tongue, found, speaker, say)
    await _judge(node, tongue, fetcher, found, change, speaker, say)


async def _read(tongue: ActivityPub, wire_id: WireId, speaker: Signer, say: Say) -> Change:
    match await tongue.fetch(wire_id, speaker):
        case Changes((change, *_)):
            return change
        case Needs(wire_ids):
            named = ", ".join(needed.value for needed in wire_ids)
            raise Trouble(shown(f"It cannot be judged without {named}"))
        case Refused(why, detail):
            raise Trouble(shown(f"Refused, {why.replace('_', ' ')}: {detail or wire_id.value}"))
        case Ignored(why):
            raise Trouble(f"Well formed, and nothing that is taken here: {why.replace('_', ' ')}.")
        case _:
            say.note("It says nothing.")
            raise Trouble("There is nothing to judge.")


async def _judge(
    node: Node, tongue: ActivityPub, fetcher: Shown, found: WireId, change: Change, speaker: Signer, say: Say
) -> None:
    match change:
        case ProfileChanged(profile=profile):
            say.out(shown(f"\nA microblog: {profile.title}, {profile.handle}"))
            _judge_name(node, fetcher, profile, say)
        case Posted(post=post):
            said = " ".join(plain_text(post.html).split())
            say.out(shown(f"\nA post by {post.author.value} for {post.audience.value}: {_cut(said)}"))
            profile = await _author(tongue, post.author, speaker, say)
            _judge_name(node, fetcher, profile, say)
        case Boosted(actor=actor, post=boosted):
            say.out(shown(f"\nA boost of {boosted.value} by {actor.value}"))
            profile = await _author(tongue, actor, speaker, say)
        case _:
            raise Trouble(f"It is neither a microblog nor a post but says: {type(change).__name__}.")
    _judge_keys(profile, say)
    _judge_proof(fetcher.bodies.get(found.value, b""), profile, node.drivers.clock.now(), say)


async def _author(tongue: ActivityPub, author: WireId, speaker: Signer, say: Say) -> Profile:
    change = await _read(tongue, author, speaker, say)
    if not isinstance(change, ProfileChanged):
        raise Trouble(shown(f"Its author {author.value} is no microblog."))
    return change.profile


# -- verdicts


def _judge_name(node: Node, fetcher: Shown, profile: Profile, say: Say) -> None:
    """What the profile calls itself, and whether its domain says the same."""
    document = decode(fetcher.bodies.get(profile.id.value, b"{}"))
    claimed = document.get("preferredUsername") if not isinstance(document, Malformed) else None
    asked = [url for url in fetcher.bodies if "/.well-known/webfinger" in url]
    if profile.domain in node.settings.domains:
        say.out("Name: of this node itself, so nobody else is asked.")
    elif any(profile.id.value.encode() in fetcher.bodies[url] for url in asked):
        say.out(shown(f"Name: {profile.handle}, said by both sides (it calls itself {claimed!r})."))
    else:
        say.out(shown(f"Name: {profile.handle}, for no domain says that {claimed!r} is this microblog."))


def _judge_keys(profile: Profile, say: Say) -> None:
    if not profile.keys:
        say.out("Keys: none, so nothing that it sends can be believed.")
    for key in profile.keys:
        usable = load_public(key.public) if key.algorithm == "rsa" else public_from_multikey(key.public)
        say.out(shown(f"Key: {key.id}, {key.algorithm}{'' if usable else ', which cannot be used'}"))


def _judge_proof(body: bytes, author: Profile, now: int, say: Say) -> None:
    """Whether the document bears its author's own proof (FEP-8b32)."""
    document = decode(body)
    method = None if isinstance(document, Malformed) else proofs.verification_method_of(document)
    if isinstance(document, Malformed) or method is None:
        say.out("Proof: none in it; it is believed because it was had from its author's own node.")
        return
    key = next((key for key in author.keys if key.id == method), None)
    public = public_from_multikey(key.public) if key is not None and key.algorithm == "ed25519" else None
    if public is None:
        say.out(shown(f"Proof: not believed, for {method} is no Ed25519 key of {author.id.value}."))
        return
    match proofs.check(document, public, now=now):
        case proofs.Proven():
            say.out(shown(f"Proof: good, made with {method}."))
        case proofs.Unproven(reason, detail):
            say.out(shown(f"Proof: not believed, {reason.replace('_', ' ')}: {detail}"))


# -- words


def _pretty(answer: Response, *, full: bool) -> str:
    """The body to be read by people: JSON in lines, its long @context left out unless all is wanted."""
    if answer.media_type.endswith("json"):
        try:
            if not full and isinstance(document := json.decode(answer.body), dict) and "@context" in document:
                return json.format(json.encode({**document, "@context": "…"}), indent=2).decode()
            return json.format(answer.body, indent=2).decode("utf-8", "replace")
        except (DecodeError, ValueError, RecursionError):
            pass
    return answer.body.decode("utf-8", "replace")


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}…"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
