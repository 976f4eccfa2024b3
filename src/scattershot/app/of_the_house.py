"""What the house has of its own: its rules, what it announces, its emojis, and how much goes on in it."""

from typing import NamedTuple

from scattershot.app.activity import Activity
from scattershot.app.announcements import Announcements
from scattershot.app.house_emojis import HouseEmojis
from scattershot.app.house_rules import HouseRules
from scattershot.app.media import Media
from scattershot.app.people import People
from scattershot.app.programs import Programs
from scattershot.app.wording import Wording
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database


class OfTheHouse(NamedTuple):
    """All of it."""

    rules: HouseRules
    announcements: Announcements
    emojis: HouseEmojis
    activity: Activity


def of_the_house(
    database: Database, clock: Clock, wording: Wording, media: Media, people: People, programs: Programs
) -> OfTheHouse:
    """What the house has; whoever looks in is noted for its figures."""
    activity = Activity(database, clock)
    people.when_seen(activity.saw)
    programs.when_seen(activity.saw)
    return OfTheHouse(
        HouseRules(database), Announcements(database, clock, wording), HouseEmojis(database, clock, media), activity
    )
