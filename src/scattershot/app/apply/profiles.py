"""Microblogs themselves: how they read, move and vanish, and complaints about them."""

from hashlib import blake2b

from msgspec.structs import replace

from scattershot.app.apply.actors import acting
from scattershot.app.apply.origin import NOTHING_NEW, Applied, Declined, House, Lacks, Origin
from scattershot.domain.change import Moved, ProfileChanged, Reported, Vanished
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Handle, Profile, with_checks_of
from scattershot.domain.record import Kind
from scattershot.domain.wire_id import ASKING, FEEDS
from scattershot.ports.database import Transaction
from scattershot.storage.tables import (
    announcements,
    link_checks,
    log,
    microblogs,
    nodes,
    posts,
    quotes,
    relations,
    reports,
    rules,
    sources,
    uploads,
    watches,
    wire_ids,
)
from scattershot.wirekit.urls import host_of, normal_host

STALE = 60_000
"""A profile this old (milliseconds) is fetched anew before it is found to lack an alias."""
REST, OWN_REST = 3_600_000, 60_000
"""However often a profile changes, its links are looked at no more often than this: of others, and of those here."""


def changed(tx: Transaction, change: ProfileChanged, origin: Origin, house: House) -> Applied:
    """A profile now reads so. One not known here is stored only when somebody here asked for it."""
    profile = change.profile
    if change.actor != profile.id:
        return Declined("not_the_author")
    row = microblogs.by_wire_id(tx, profile.id)
    if row is None:
        return _met_again(tx, profile, origin, house) or (
            _met(tx, profile, origin, house) if origin.asked_for else Declined("unrelated")
        )
    if row.profile.id != profile.id:
        return NOTHING_NEW  # another name of it: what counts is said under the first
    stand = acting(tx, profile.id)
    if isinstance(stand, Declined) and stand.why != "gone":
        return stand
    if not row.local and (not origin.asked_for or profile.id.protocol == FEEDS):
        # a feed that calls itself otherwise keeps the handle by which people know it;
        # a name is confirmed when a profile is fetched; what was merely pushed keeps the one it has
        profile = replace(profile, name=row.profile.name, domain=row.profile.domain)
    if profile.id.protocol == FEEDS:
        profile = replace(profile, doors=row.profile.doors | profile.doors)
    profile = with_checks_of(profile, row.profile)
    home = None if row.local else _home(tx, profile, house)
    if profile == row.profile and not row.gone:
        microblogs.update(tx, row.id, profile, home, origin.now)
        return NOTHING_NEW
    microblogs.update(tx, row.id, profile, home, origin.now)
    if row.local and (row.profile.avatar, row.profile.header) != (profile.avatar, profile.header):
        name = house.addresses.media_name
        uploads.wear(tx, row.id, name(profile.avatar), name(profile.header))
    if profile.fields != row.profile.fields and (row.local or relations.is_heard_here(tx, row.id)):
        link_checks.want(tx, row.id, origin.now, OWN_REST if row.local else REST)
    if row.profile.moved_to and not profile.moved_to:
        microblogs.set_moved(tx, row.id, None)
    return log.append(
        tx, origin.now, Kind.PROFILE_CHANGED, row.id, local=row.local, via=origin.via,
        wire_id=change.id.value if change.id else "",
    )  # fmt: skip


def _met(tx: Transaction, profile: Profile, origin: Origin, house: House) -> Applied:
    if wire_ids.find(tx, profile.id) is not None:
        return Declined("gone")
    home = _home(tx, profile, house)
    if home is None:
        return Declined("no_host")
    if nodes.standing(tx, _host(profile) or "") == "blocked":
        return Declined("blocked")
    microblog = MicroblogId(house.ids.make(tx, origin.now))
    if profile.id.protocol == FEEDS:
        profile = replace(profile, name=_free_name(tx, profile))
    microblogs.add(tx, microblog, profile, home, origin.now)
    if profile.id.protocol == FEEDS:
        sources.add(tx, microblog, profile.id.value)
    return log.append(tx, origin.now, Kind.PROFILE_CHANGED, microblog, local=False, via=origin.via)


def _met_again(tx: Transaction, profile: Profile, origin: Origin, house: House) -> Applied | None:
    """One that is known by another name, where each says that it is the other; None where there is none.

    The first name stays the one by which it is met, but that of a wire on which one asks to hear somebody goes before.
    """
    for name in (profile.copy_of, *profile.also):
        row = microblogs.by_wire_id(tx, name) if name is not None else None
        if row is None or row.gone or row.local or not row.profile.claims(profile.id):
            continue
        if not wire_ids.add(tx, profile.id, wire_ids.Thing.MICROBLOG, row.id):
            continue
        if profile.id.protocol not in ASKING or row.profile.id.protocol in ASKING:
            return NOTHING_NEW
        microblogs.update(tx, row.id, profile, _home(tx, profile, house), origin.now)
        return log.append(tx, origin.now, Kind.PROFILE_CHANGED, row.id, local=False, via=origin.via)
    return None


def _free_name(tx: Transaction, profile: Profile) -> str:
    """The name that a feed would have, with a number where somebody else there has it: feeds ask nobody for theirs."""
    numbered = (f"{profile.name}_{number}" for number in range(2, 100))
    return next(
        (name for name in (profile.name, *numbered) if microblogs.by_handle(tx, Handle(name, profile.domain)) is None),
        f"{profile.name}_{blake2b(profile.id.value.encode(), digest_size=6).hexdigest()}",
    )


def _host(profile: Profile) -> str | None:
    """Whose server it is: the one its id names, or where a wire's names have no servers, the domain of its handle."""
    return host_of(profile.id.value) if profile.id.protocol in ASKING else normal_host(profile.domain)


def _home(tx: Transaction, profile: Profile, house: House) -> microblogs.Home | None:
    host = _host(profile)
    if host is None:
        return None
    door = house.door(profile)
    if door is None:
        return microblogs.Home(nodes.meet(tx, host), None)
    endpoint = nodes.endpoint_at(tx, door, host_of(door.address) or host)
    return microblogs.Home(nodes.meet(tx, host), endpoint.id)


def vanished(tx: Transaction, change: Vanished, origin: Origin) -> Applied:
    """A microblog is gone, with all it wrote. Its name is never given again.

    One kept here keeps its followers until they were told; see `dispatch`.
    """
    stand = microblogs.stand(tx, change.actor)
    if stand is None or stand.gone:
        return NOTHING_NEW
    quotes.bury_all_by(tx, stand.id)
    posts.bury_all_by(tx, stand.id)
    microblogs.mark_gone(tx, stand.id)
    if stand.local:
        uploads.drop_all_of(tx, stand.id)
        announcements.forget(tx, stand.id)
    if not stand.local:
        watches.stop(tx, stand.id)
        relations.drop_all_of(tx, stand.id)
    return log.append(
        tx, origin.now, Kind.VANISHED, stand.id, local=stand.local, via=origin.via,
        wire_id=change.id.value if change.id else "",
    )  # fmt: skip


def moved(tx: Transaction, change: Moved, origin: Origin) -> Applied:
    """A microblog lives on as another that names it among its aliases; its followers here follow there."""
    stand = acting(tx, change.actor)
    if isinstance(stand, Lacks | Declined):
        return stand
    target = microblogs.by_wire_id(tx, change.target)
    if target is None:
        return Lacks((change.target,))
    if target.gone or target.id == stand.id:
        return Declined("gone")
    if change.actor.value not in target.profile.also_known_as:
        is_stale = not target.local and target.fetched_at < origin.now - STALE
        return Lacks((change.target,)) if is_stale else Declined("no_alias")
    row = microblogs.get(tx, stand.id)
    if row is None or row.moved_to == target.id:
        return NOTHING_NEW
    microblogs.set_moved(tx, stand.id, target.id)
    if row.local:  # Misskey follows only where the old profile names the new one as well
        microblogs.update(tx, row.id, replace(row.profile, moved_to=change.target.value), None, origin.now)
        log.append(tx, origin.now, Kind.PROFILE_CHANGED, row.id, local=True, via=origin.via)
    return log.append(
        tx, origin.now, Kind.MOVED, stand.id, local=stand.local, via=origin.via, target=target.id,
        wire_id=change.id.value if change.id else "",
    )  # fmt: skip


def reported(tx: Transaction, change: Reported, origin: Origin) -> Applied:
    """Somebody complains of microblogs and posts; each microblog is one complaint.

    In the log a complaint made here is its teller's, and has a target only where that one's node is told.
    """
    reporter = acting(tx, change.actor)
    if isinstance(reporter, Lacks | Declined):
        return reporter
    if not reporter.local and _are_complaints_rejected(tx, host_of(change.actor.value) or ""):
        return Declined("not_taken")
    teller = microblogs.stand(tx, change.teller) if reporter.local and change.teller is not None else None
    about = [wire_ids.find_as(tx, wire_id, wire_ids.Thing.POST) for wire_id in change.posts]
    rows = [posts.get(tx, PostId(post)) for post in about if post is not None]
    recorded = None
    for wire_id in change.targets:
        target = microblogs.stand(tx, wire_id)
        if target is None or not (target.local or reporter.local):
            continue
        theirs = [row.id for row in rows if row is not None and row.author == target.id]
        told = teller is not None and not target.local
        number = reports.add(
            tx,
            reporter.id,
            target.id,
            theirs,
            change.comment,
            origin.now,
            forwarded=told,
            category=change.category,
            rules=change.rules,
        )
        recorded = log.append(
            tx, origin.now, Kind.REPORTED, teller.id if teller is not None else reporter.id, local=reporter.local,
            via=origin.via, target=target.id if told or not reporter.local else None,
            wire_id=change.id.value if change.id else "", detail=str(number),
        )  # fmt: skip
    return recorded if recorded is not None else Declined("unknown_target")


def _are_complaints_rejected(tx: Transaction, host: str) -> bool:
    return any(rule.rejects_reports for rule in rules.concerning(tx, host))
