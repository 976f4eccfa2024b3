"""Bylines: which of its keepers a microblog names as the writer of a post, and who lets itself be named.

A claim needs both sides: the post names the writer, and the writer's own profile says that it writes for the author.
Ours says so from the first post on that names it, and until its person wishes to be named no more.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.domain.change import ProfileChanged
from scattershot.domain.ids import MicroblogId, PersonId
from scattershot.domain.post import Mention
from scattershot.ports.database import Transaction
from scattershot.storage.tables import keepers, microblogs, people, wire_ids

MOST = 256
"""Microblogs that one may be named for; the longest ago goes first."""


def writer_for(tx: Transaction, person: PersonId, author: MicroblogId, origin: Origin, house: House) -> Mention | None:
    """Whom a post of the author is to name as its writer, where the author names writers and this one wishes it."""
    keeper = keepers.get(tx, person, author) if keepers.shows_writers(tx, author) else None
    if keeper is None or not keeper.named or keeper.main is None or keeper.main == author:
        return None
    main, name = microblogs.get(tx, keeper.main), wire_ids.of(tx, author, wire_ids.Thing.MICROBLOG)
    if main is None or main.gone or name is None:
        return None
    if name.value not in main.profile.writes_for:
        _put(tx, main, [*main.profile.writes_for, name.value][-MOST:], origin, house)
    return Mention(main.profile.id, str(main.profile.handle), main.profile.url)


def name_no_more(tx: Transaction, person: PersonId, author: microblogs.Row, origin: Origin, house: House) -> None:
    """The person's own microblog says no longer that it writes for the author, so that nobody believes its bylines."""
    somebody = people.get(tx, person)
    main = microblogs.get(tx, somebody.main) if somebody is not None and somebody.main is not None else None
    if main is not None and author.profile.id.value in main.profile.writes_for:
        rest = [each for each in main.profile.writes_for if each != author.profile.id.value]
        _put(tx, main, rest, origin, house)


def _put(tx: Transaction, main: microblogs.Row, writes_for: Iterable[str], origin: Origin, house: House) -> None:
    profile = replace(main.profile, writes_for=tuple(writes_for))
    apply(tx, ProfileChanged(actor=profile.id, profile=profile), origin, house)
