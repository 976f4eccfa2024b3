"""What the house asks of a wire of slips: to say a change of here in its words, and what a slip from there is about."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from scattershot.domain.change import Change
from scattershot.domain.post import Post
from scattershot.domain.reading import Refused
from scattershot.domain.slip import Kept, Slip
from scattershot.domain.well import Whereabouts
from scattershot.domain.wire_id import WireId


class Known(NamedTuple):
    """A post as the wire calls it, and its author; `body` is the slip itself where it lies here."""

    name: str
    author: str
    body: bytes = b""


class Surroundings(NamedTuple):
    """What the wire calls what a change speaks of, as far as it has names for it.

    `about` is the post that is liked, passed on or taken back, and `undone` the name of the like or boost that is.
    `last` is the moment of what now lies where the slip would: it must be newer.
    """

    about: Known | None = None
    root: Known | None = None
    parent: Known | None = None
    quote: Known | None = None
    undone: str = ""
    people: Mapping[WireId, str] = {}
    follows: tuple[str, ...] = ()
    last: int | None = None
    choices: tuple[str, ...] = ()
    """All that the actor has chosen in the poll that it is about."""


class Signet(NamedTuple):
    """A key by which a microblog speaks: what the wire knows it by, and what it signs with; empty where that is kept
    elsewhere."""

    public: str
    secret: bytes


class Met(NamedTuple):
    """A signer elsewhere that let us in: whose key it holds, and what is to be kept so that it can be asked."""

    public: str
    told: str


class FarSigner(Protocol):
    """Keys that are kept elsewhere."""

    async def meet(self, link: str) -> Met | Refused:
        """Meet the signer of a link; it takes as long as its owner needs to say yes."""
        ...

    async def sign(self, told: str, body: bytes) -> Slip | Refused:
        """The slip with that body, signed; `told` is what was kept of the signer."""
        ...


class Asked(NamedTuple):
    """What a browser is asked to sign, as it takes it, and by whose key alone it may be signed."""

    public: str
    text: str


class BrowserSigner(Protocol):
    """Keys that browsers hold. Pure."""

    def proof(self, page: str, challenge: str, words: str, at: int) -> str:
        """What a browser is to sign that proves its key to that page of ours; people are shown the words."""
        ...

    def proved(self, answer: bytes, page: str, challenge: str, at: int) -> str | Refused:
        """Whose key signed that proof, where it is the one that was asked for."""
        ...

    def asked(self, body: bytes) -> Asked:
        """What waits, as a browser is asked for it."""
        ...

    def signed(self, body: bytes, answer: bytes) -> Slip | Refused:
        """The slip with that body, signed; Refused where the answer is anything else."""
        ...


class Uttered(NamedTuple):
    """A slip made of a change, and the name that the post, boost or like itself has by it; empty where it has none."""

    slip: Slip
    name: str = ""
    unsigned: bool = False
    """The key is kept elsewhere: it is no slip before it was signed there."""


class Utterer(Protocol):
    """A wire of slips, as microblogs of here speak it. Pure, but for what `chance` brings."""

    name: str

    def public(self, secret: bytes) -> str:
        """The name of whoever has that key; ValueError where it is none."""
        ...

    def shown(self, public: str) -> str:
        """The name as people pass it on."""
        ...

    def shown_secret(self, secret: bytes, password: str, chance: bytes) -> str:
        """The key as people carry it to another program, locked where there is a password; `chance` is 40 bytes."""
        ...

    def place(self, change: Change, public: str) -> bytes | None:
        """Where the slip of the change would lie, where it takes the place of an older one."""
        ...

    def utter(self, change: Change, around: Surroundings, signet: Signet, at: int, chance: bytes) -> Uttered | None:
        """The change as a slip of that moment (in seconds); None where the wire has no word for it."""
        ...

    def follows_place(self, public: str) -> bytes:
        """Where the slip lies that says whom somebody follows."""
        ...

    def follows(self, around: Surroundings, signet: Signet, at: int, chance: bytes) -> Uttered:
        """Whom somebody follows, as a slip."""
        ...

    def introduction_place(self, public: str) -> bytes:
        """Where that lies which whoever begins to speak says first."""
        ...

    def introduction(self, signet: Signet, at: int, chance: bytes) -> Uttered:
        """Where whoever begins to speak is heard, as a slip."""
        ...


class Glance(NamedTuple):
    """What a slip is about, at a glance: whose it is, what it names, and of what others it says that it is a copy.

    `follows` are all whom the author follows from now on, where that is what it says.
    """

    author: WireId
    names: tuple[WireId, ...] = ()
    copy_of: WireId | None = None
    follows: tuple[WireId, ...] | None = None
    sealed_to: tuple[WireId, ...] = ()
    """For whom it is sealed, so that nobody else sees what it is about or whose it is."""


class Listener(Protocol):
    """A wire of slips, as it is listened to. Pure."""

    name: str

    def glance(self, slip: Kept) -> Glance | None:
        """What it is about; None where it means nothing to the house."""
        ...

    def whereabouts(self, slip: Kept) -> Whereabouts | None:
        """What it says of the wells that its author uses; None where it says nothing of that."""
        ...


def referred_to(post: Post) -> tuple[WireId, ...]:
    """Everybody whom the post names."""
    return tuple(dict.fromkeys([mention.id for mention in post.mentions] + list(post.addressed)))
