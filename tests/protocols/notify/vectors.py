"""The test vectors of docs/protocols/notify.md, made anew: `python -m tests.protocols.notify.vectors` prints them."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from scattershot.protocols.notify.wire import coap, cose, words
from scattershot.protocols.notify.wire.cose import MAC0, SIGN1, Purpose
from scattershot.protocols.notify.wire.words import Challenge, Echo, Heard, Hint, LogAsked, Pass, Subscribe

ANN_SIGN, ANN_AGREE = bytes(range(32)), bytes(range(32, 64))
BOB_SIGN, BOB_AGREE = bytes(range(64, 96)), bytes(range(96, 128))
EPOCH, TOKEN, NONCE = bytes.fromhex("0011223344556677"), bytes.fromhex("8899aabbccddeeff"), bytes(range(16))
POST = b'{"id":"https://ann.example/p/7/create","type":"Create"}'
STORED = bytes.fromhex("01") + len(POST).to_bytes(2, "little") + (len(POST) ^ 0xFFFF).to_bytes(2, "little") + POST
"""A post deflated in the one way that every library undoes: a single stored block (RFC 1951 section 3.2.4)."""
MOMENT = 1_767_225_600_000
GROUP = "239.192.83.67:5683"


def vectors() -> Iterator[tuple[str, bytes]]:
    """Each with its name."""
    sign = Ed25519PrivateKey.from_private_bytes(ANN_SIGN)
    agree, theirs = X25519PrivateKey.from_private_bytes(ANN_AGREE), X25519PrivateKey.from_private_bytes(BOB_AGREE)
    ann = words.name_of(sign.public_key().public_bytes_raw())
    bob = words.name_of(Ed25519PrivateKey.from_private_bytes(BOB_SIGN).public_key().public_bytes_raw())
    key = cose.pairwise_key(agree, theirs.public_key().public_bytes_raw())
    assert key is not None
    yield "Ann's private key to sign (Ed25519)", ANN_SIGN
    yield "Ann's private key to agree (X25519)", ANN_AGREE
    yield "Bob's private key to sign", BOB_SIGN
    yield "Bob's private key to agree", BOB_AGREE
    yield "Ann's name", ann
    yield "Bob's name", bob
    yield "their key", key
    hint = Hint(ann, EPOCH, 1_000_007, 1_000_003, STORED, 300)
    yield "payload of a hint with a small post", words.encode(hint)
    by_mac = cose.mac0(words.encode(hint), key, ann, Purpose.HINT)
    yield "the hint for Bob (COSE_Mac0)", by_mac
    yield "the datagram", coap.encode(coap.Message(coap.POST, TOKEN, ("s", "n"), by_mac, MAC0, id=0x1234))
    signed = cose.sign1(words.encode(hint), sign, ann, Purpose.HINT)
    yield "the hint for a group (COSE_Sign1)", signed
    yield "the datagram to the group", coap.encode(coap.Message(coap.POST, ann, ("s", "n"), signed, SIGN1, id=0x1235))
    yield "payload of a hint with an id", words.encode(hint._replace(what=("https://ann.example/p/7",)))
    yield "payload of a sign of life", words.encode(hint._replace(previous=hint.serial, what=None))
    asked = cose.mac0(words.encode(Challenge(ann, EPOCH, bob, NONCE)), key, ann, Purpose.CHALLENGE)
    yield "a challenge", coap.encode(coap.Message(coap.POST, TOKEN, ("s", "c"), asked, MAC0, id=0x1236))
    echo = cose.mac0(words.encode(Echo(bob, ann, NONCE)), key, bob, Purpose.ECHO)
    yield "its echo", coap.encode(coap.Message(coap.CONTENT, TOKEN, (), echo, MAC0, id=0x0001))
    heard = cose.mac0(words.encode(Heard(bob, EPOCH, 1_000_003, (1_000_007,))), key, bob, Purpose.HEARD)
    yield "an answer", coap.encode(coap.Message(coap.CHANGED, TOKEN, (), heard, MAC0, id=0x0002))
    passed = words.encode(Pass(ann, GROUP, b"the datagram to the group"))
    yield "payload of a wish that a neighbour passes something on", passed
    wish = Subscribe(bob, "https://bob.example", "192.0.2.2:5683", "", TOKEN, MOMENT, 86_400)
    yield "a wish to be told (body)", cose.mac0(words.encode(wish), key, bob, Purpose.SUBSCRIBE)
    question = words.encode(LogAsked(bob, EPOCH, 1_000_003, MOMENT))
    yield "a question for the log (in base64url behind `Scattershot`)", cose.mac0(question, key, bob, Purpose.LOG)


def as_table() -> str:
    """The vectors as they stand on the page."""
    return "\n".join(
        ["| what | bytes in hex |", "|---|---|", *(f"| {name} | `{data.hex()}` |" for name, data in vectors())]
    )


if __name__ == "__main__":
    print(as_table())
