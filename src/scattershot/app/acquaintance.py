"""All that the house knows and does between microblogs, put together once."""

from typing import NamedTuple

from scattershot.app.apply.origin import House
from scattershot.app.authored import Authored
from scattershot.app.featuring import Featuring
from scattershot.app.items import Items
from scattershot.app.presenting import Presenting
from scattershot.app.rosters import Rosters
from scattershot.app.suggesting import Suggesting
from scattershot.app.ties import Ties
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database


class Acquaintance(NamedTuple):
    """What microblogs wrote, how they stand to each other, and how they wish to be seen."""

    authored: Authored
    rosters: Rosters
    ties: Ties
    suggesting: Suggesting
    featuring: Featuring
    presenting: Presenting


def acquaintance(
    database: Database,
    clock: Clock,
    bus: Bus,
    house: House,
    items: Items,
    domains: tuple[str, ...],
    recommended: tuple[str, ...],
) -> Acquaintance:
    """All of it; `recommended` are handles that the node suggests first."""
    return Acquaintance(
        Authored(database, clock, items),
        Rosters(database, clock, items),
        Ties(database, clock, bus, house, domains),
        Suggesting(database, clock, items, domains[0], recommended),
        Featuring(database, clock),
        Presenting(database, clock, bus, house),
    )
