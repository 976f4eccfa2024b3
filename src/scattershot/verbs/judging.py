"""`inspect` of a request that was caught: what the inbox would make of it, and why; nothing is stored."""

from scattershot.bootstrap import Node
from scattershot.domain.change import ProfileChanged
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Changes, Ignored, Needs, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.opening import Trouble
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.adapter import ActivityPub
from scattershot.protocols.activitypub.translate.to_changes import to_changes
from scattershot.protocols.activitypub.wire import proofs
from scattershot.protocols.activitypub.wire.signatures import Trusted, Untrusted, claimed_key, verify
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject, Malformed, decode, id_of
from scattershot.verbs.saying import Say, shown
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.keys import PublicKey, load_public, public_from_multikey


async def judge_request(node: Node, say: Say, fetcher: ActivityPub, raw: str) -> None:
    """Judge an HTTP request as it came over the wire (its bytes as latin-1), in the order in which the inbox does."""
    request = read_request(raw, node.settings.origin)
    speaker = await node.people.node_speaker(node.settings.title)
    say.out(f"{request.method} {request.url}, {len(request.body):,} bytes")
    key_id = claimed_key(request)
    if isinstance(key_id, Untrusted):
        say.out(shown(f"Refused with 401, {key_id.reason.replace('_', ' ')}: {key_id.detail}."))
        return
    signer = await _owner(fetcher, key_id, speaker)
    key = _key(signer, key_id)
    if key is None:
        say.out(shown(f"Refused with 401, no key: {signer.id.value} names no key {key_id} that can be used."))
        return
    ours = frozenset({node.settings.host, *node.settings.domains})
    match verify(request, key, node.drivers.clock.now(), host=ours):
        case Untrusted(reason, detail):
            say.out(shown(f"Refused with 401, {reason.replace('_', ' ')}: {detail}."))
            return
        case Trusted(_, covered, dialect):
            say.out(shown(f"Signature: good, {dialect} by {signer.id.value}, over {', '.join(covered)}"))
    await _judge_words(node, say, fetcher, request, signer, speaker)


async def _judge_words(
    node: Node, say: Say, fetcher: ActivityPub, request: Request, signer: Profile, speaker: Signer
) -> None:
    document = decode(request.body)
    if isinstance(document, Malformed):
        say.out(shown(f"Refused with 400, {document.why.replace('_', ' ')}: {document.detail}"))
        return
    now = node.drivers.clock.now()
    actor = id_of(document.get("actor"))
    proven = actor != signer.id.value and await _is_proven(say, fetcher, document, actor, speaker, now)
    match to_changes(document, signer.id.value, "", proven=proven, at=now):
        case Changes(changes):
            told = ", ".join(type(change).__name__ for change in changes)
            say.out(f"It would be taken as: {told}.")
        case Needs(wire_ids):
            named = ", ".join(wire_id.value for wire_id in wire_ids)
            say.out(shown(f"It would not be believed as it is; its own node would be asked for {named}."))
        case Refused(why, detail):
            say.out(shown(f"Refused, {why.replace('_', ' ')}: {detail}"))
        case Ignored(why):
            say.out(f"Well formed, and nothing that is taken here: {why.replace('_', ' ')}.")


async def _is_proven(
    say: Say, fetcher: ActivityPub, document: JsonObject, actor: str, speaker: Signer, now: int
) -> bool:
    """Whether the author, who is not the sender, signed it too (FEP-8b32)."""
    method = proofs.verification_method_of(document)
    if method is None:
        say.out(shown(f"Handed on for {actor or 'nobody'}, without a proof by its author."))
        return False
    author = await _owner(fetcher, method, speaker)
    key = _key(author, method)
    if key is None or author.id.value != actor:
        say.out(shown(f"Handed on for {actor}, and the proof is not theirs: {method}."))
        return False
    outcome = proofs.check(document, key, now=now)
    if isinstance(outcome, proofs.Unproven):
        say.out(shown(f"Handed on for {actor}, and the proof does not hold: {outcome.detail or outcome.reason}"))
        return False
    say.out(shown(f"Handed on for {actor}, and proved by {method}."))
    return True


async def _owner(fetcher: ActivityPub, key_id: str, speaker: Signer) -> Profile:
    match await fetcher.fetch(WireId(ACTIVITYPUB, key_id.partition("#")[0]), speaker):
        case Changes((ProfileChanged(profile=profile), *_)):
            return profile
        case Refused(why, detail):
            raise Trouble(shown(f"The key {key_id} cannot be had: {detail or why}."))
        case _:
            raise Trouble(shown(f"The key {key_id} is no microblog's."))


def _key(owner: Profile, key_id: str) -> PublicKey | None:
    named = next((key for key in owner.keys if key.id == key_id), None)
    if named is None:
        return None
    return load_public(named.public) if named.algorithm == "rsa" else public_from_multikey(named.public)


def read_request(raw: str, origin: str) -> Request:
    """A request from its text (RFC 9112: request line, header fields, an empty line, the body); Trouble where it is
    none. Lines of the head may end with a bare line feed, as editors leave them; the body is taken as it is."""
    head, gap, body = raw.partition("\r\n\r\n")
    if not gap:
        head, _, body = raw.partition("\n\n")
    first, *lines = head.splitlines()
    method, _, rest = first.partition(" ")
    target = rest.partition(" ")[0]
    if not method.isalpha() or not target.startswith(("/", "http")):
        raise Trouble("That is no HTTP request: it begins with a line such as POST /inbox HTTP/1.1.")
    fields = (line.partition(":") for line in lines if ":" in line)
    headers = Headers((name.strip().lower(), value.strip()) for name, _, value in fields)
    url = target if target.startswith("http") else origin + target
    return Request(method, url, headers, body.encode("latin-1", "replace"))
