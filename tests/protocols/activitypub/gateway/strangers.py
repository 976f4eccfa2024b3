"""A signer and the parts under test, with a fake network of functions that stand for other servers."""

from functools import cache

from scattershot.domain.ids import EndpointId, NodeId
from scattershot.domain.node import Endpoint
from scattershot.domain.wire_id import WireId
from scattershot.ports.protocol import Signer, SigningKey
from scattershot.protocols.activitypub.wire.signatures import Trusted, verify
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.keys import generate_ed25519, generate_rsa, load_private, load_public, public_pem

ME = "https://me.example/u/1"
INBOX = Endpoint(EndpointId(1), NodeId(1), "activitypub", "inbox", "https://there.example/inbox")
AP = ("content-type", "application/activity+json")


@cache
def me() -> Signer:
    """Somebody here."""
    keys = (
        SigningKey(f"{ME}#ed25519-key", "ed25519", generate_ed25519()),
        SigningKey(f"{ME}#main-key", "rsa", generate_rsa()),
    )
    return Signer(WireId("activitypub", ME), keys)


def dialect_of(request: Request, now: int, host: str = "there.example") -> str:
    """In which dialect the request is signed; empty where the signature does not hold."""
    key = me().key("rsa")
    assert key is not None
    public = load_public(public_pem(load_private(key.private)))
    assert public is not None
    verdict = verify(request, public, now, host=host)
    return verdict.dialect if isinstance(verdict, Trusted) else ""


def an_answer(status: int, *headers: tuple[str, str], body: bytes = b"") -> Response:
    """What a server says."""
    return Response(status, "", Headers(headers), body)
