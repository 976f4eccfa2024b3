"""What tags say: expiry (NIP-40), work (NIP-13), threads (NIP-10, NIP-22), protection (NIP-70), the wish to vanish."""

from typing import NamedTuple

from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, is_name


def expiry(event: Event) -> int | None:
    """The moment in seconds after which nobody should see it (NIP-40), or None."""
    text = event.first("expiration")
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else None


def work(name: str) -> int:
    """How many leading bits of the id are zero (NIP-13)."""
    return 256 - int(name, 16).bit_length()


def promised_work(event: Event) -> int:
    """The work that counts: not more than was aimed at, so that nobody has it by luck."""
    nonce = next((tag for tag in event.tags if tag and tag[0] == "nonce"), None)
    if nonce is None or len(nonce) < 3 or not nonce[2].isascii() or not nonce[2].isdigit():
        return work(event.id)
    return min(work(event.id), int(nonce[2][:4]))


def is_protected(event: Event) -> bool:
    """Whether only its author may bring it to a relay (NIP-70)."""
    return ["-"] in event.tags


def place(event: Event) -> str | None:
    """The coordinates of which only the newest event counts, or None for one that stands by itself."""
    match kinds.keeping(event.kind):
        case kinds.Keeping.REPLACEABLE:
            return f"{event.kind}:{event.pubkey}:"
        case kinds.Keeping.ADDRESSABLE:
            return f"{event.kind}:{event.pubkey}:{event.first('d') or ''}"
        case _:
            return None


class Thread(NamedTuple):
    """Where an event stands in a conversation: its root and what it answers, and what it merely mentions."""

    root: str | None = None
    parent: str | None = None
    mentions: tuple[str, ...] = ()


def thread(event: Event) -> Thread:
    """The thread by its marks (NIP-10), by their places where there are none, and of comments by NIP-22.

    Names are ids, or coordinates where the root of a comment is an address.
    """
    if event.kind == kinds.COMMENT:
        return Thread(event.first("E") or event.first("A") or event.first("I"),
                      event.first("e") or event.first("a") or event.first("i"))  # fmt: skip
    tags = [tag for tag in event.tags if len(tag) > 1 and tag[0] == "e" and is_name(tag[1])]
    quoted = tuple(value for value in event.values("q"))
    marked = {tag[3]: tag[1] for tag in reversed(tags) if len(tag) > 3 and tag[3] in ("root", "reply")}
    if marked:
        root = marked.get("root")
        others = (tag[1] for tag in tags if len(tag) > 3 and tag[3] == "mention")
        return Thread(root or marked["reply"], marked.get("reply") or root, (*others, *quoted))
    plain = [tag[1] for tag in tags if len(tag) <= 3 or not tag[3]]
    if not plain:
        return Thread(mentions=quoted)
    return Thread(plain[0], plain[-1], (*plain[1:-1], *quoted))


def vanishes_from(event: Event, relay: str) -> bool:
    """Whether the author of a request to vanish (NIP-62) asks this relay."""
    if event.kind != kinds.VANISH:
        return False
    asked = event.values("relay")
    return "ALL_RELAYS" in asked or normal_relay(relay) in map(normal_relay, asked)


def normal_relay(address: str) -> str:
    """A relay's address so that two spellings are the same."""
    scheme, _, rest = address.strip().partition("://")
    host, slash, path = rest.partition("/")
    scheme = scheme.lower()
    host = host.lower().removesuffix(":443" if scheme == "wss" else ":80")
    return f"{scheme}://{host}{(slash + path).rstrip('/')}"
