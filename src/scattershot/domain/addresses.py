"""The addresses of things kept here. They are opaque, made of ids alone, so that a rename breaks nothing."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PostId, Seq
from scattershot.domain.microblog import Handle
from scattershot.domain.wire_id import ACTIVITYPUB, WireId


class Addresses(NamedTuple):
    """Where things are found on the node at `origin` (scheme and host, no slash at the end)."""

    origin: str

    def microblog(self, microblog: MicroblogId) -> str:
        """A microblog's lasting address."""
        return f"{self.origin}/u/{microblog}"

    def post(self, post: PostId) -> str:
        """A post's lasting address."""
        return f"{self.origin}/p/{post}"

    def boost(self, boost: PostId) -> str:
        """A boost's lasting address."""
        return f"{self.origin}/b/{boost}"

    def quote_stamp(self, quoting: PostId) -> str:
        """By which we prove that the post (of here or elsewhere) may quote one of here."""
        return f"{self.origin}/q/{quoting}"

    def reply_stamp(self, reply: PostId) -> str:
        """By which we prove that the post (of here or elsewhere) may answer one of here."""
        return f"{self.origin}/r/{reply}"

    def media(self, name: str) -> str:
        """Where a file of an upload is served; nothing for no name."""
        return f"{self.origin}/media/{name}" if name else ""

    def media_name(self, address: str) -> str:
        """The name of the file that is served at that address of this node, or nothing."""
        name = address.removeprefix(f"{self.origin}/media/")
        return name if name != address and "/" not in name else ""

    def change(self, seq: Seq) -> str:
        """The address of a change that has no thing of its own."""
        return f"{self.origin}/c/{seq}"

    def seq_of(self, address: str) -> Seq | None:
        """The change that has that address."""
        number = address.removeprefix(f"{self.origin}/c/")
        return Seq(int(number)) if number != address and number.isascii() and number.isdigit() else None

    def page(self, handle: Handle, own_domain: str) -> str:
        """The page people look at; names of another of the node's domains are told apart by it."""
        name = handle.name if handle.domain == own_domain else f"{handle.name}@{handle.domain}"
        return f"{self.origin}/@{name}"

    def post_page(self, handle: Handle, own_domain: str, post: PostId) -> str:
        """The page of one post."""
        return f"{self.page(handle, own_domain)}/{post}"

    def wire_id(self, address: str) -> WireId:
        """The same address as a name on the ActivityPub wire."""
        return WireId(ACTIVITYPUB, address)
