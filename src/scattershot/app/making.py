"""Making microblogs of this node: their names, their addresses and their keys."""

from msgspec.structs import replace

from scattershot.app.apply.origin import House
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Handle, Profile, VerifyKey, Voice, name_problem
from scattershot.domain.reading import Refused
from scattershot.domain.record import Kind
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.ports.keys import KeyPairs
from scattershot.storage.tables import log, microblogs
from scattershot.wirekit.keys import load_private, multikey_of, public_pem
from scattershot.wirekit.urls import normal_host


def new_handle(text: str, domains: tuple[str, ...]) -> Handle | Refused:
    """The handle that a new name stands for: a bare one is of the first domain, `name@domain` of any of them."""
    name, at, domain = text.strip().lower().removeprefix("@").partition("@")
    if problem := name_problem(name):
        return Refused("invalid", problem)
    home = (normal_host(domain) or "") if at else domains[0]
    if home not in domains:
        return Refused("invalid", f"Names of {domain} do not live here, only those of {', '.join(domains)}.")
    return Handle(name, home)


def bare_name(handle: Handle, domains: tuple[str, ...]) -> str:
    """The name by which a person of that handle signs in: without the domain where it is the first."""
    return handle.name if handle.domain == domains[0] else f"{handle.name}@{handle.domain}"


def make_microblog(
    tx: Transaction, house: House, own_domain: str, presented: Profile, pairs: KeyPairs, now: Millis, via: str
) -> MicroblogId:
    """A new microblog of a free name, with its keys; its id and addresses replace those that `presented` has."""
    microblog = MicroblogId(house.ids.make(tx, now))
    address = house.addresses.microblog(microblog)
    rsa, ed25519 = load_private(pairs.rsa), load_private(pairs.ed25519)
    keys = (
        VerifyKey(id=f"{address}#main-key", algorithm="rsa", public=public_pem(rsa)),
        VerifyKey(id=f"{address}#ed25519-key", algorithm="ed25519", public=multikey_of(ed25519)),  # type: ignore[arg-type]
    )
    profile = replace(
        presented,
        id=house.addresses.wire_id(address),
        url=house.addresses.page(presented.handle, own_domain),
        discoverable=presented.voice is not Voice.APPLICATION,
        created=now,
        keys=keys,
    )
    microblogs.add(tx, microblog, profile, None, now)
    microblogs.claim_name(tx, profile.handle, microblog)
    for key, private in zip(keys, pairs, strict=True):
        microblogs.add_own_key(tx, microblog, key, private)
    log.append(tx, now, Kind.PROFILE_CHANGED, microblog, local=True, via=via)
    return microblog


def unmade(handle: Handle, voice: Voice = Voice.PERSON, title: str = "") -> Profile:
    """How a microblog that is not made yet will present itself; it has no address yet."""
    return Profile(id=WireId("", ""), name=handle.name, domain=handle.domain, voice=voice, display_name=title)
