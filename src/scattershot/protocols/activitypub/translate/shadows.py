"""Shadows: how somebody of another wire, whose post is shown here, is called and presented as an actor."""

from html import escape

from msgspec.structs import replace

from scattershot.domain.microblog import Profile
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.wirekit import bech32

_PERSON = "npub"


def whose_shadow(name: str) -> WireId | None:
    """Whose shadow is called so on the node's own domain; nobody who lives here has a name so long."""
    read = bech32.decode(name) if name.startswith(f"{_PERSON}1") else None
    return WireId(NOSTR, read[1].hex()) if read is not None and read[0] == _PERSON and len(read[1]) == 32 else None


def shadow_actor(profile: Profile, domain: str) -> Profile:
    """The shadow as its actor reads: by the name that leads back to it, and with a line that says what it is."""
    assert profile.copy_of is not None
    name, handle = profile.name, f"{profile.name}@{profile.domain}"
    if profile.copy_of.protocol == NOSTR:
        name = bech32.encode(_PERSON, bytes.fromhex(profile.copy_of.value))
    told = (
        f"<p>{escape(handle)} writes on another network, Nostr. {escape(domain)} shows posts that people there passed "
        "on or answered; the author is not here, and can be neither followed nor reached this way.</p>"
    )
    return replace(profile, name=name, domain=domain, bio=profile.bio + told, fields=())
