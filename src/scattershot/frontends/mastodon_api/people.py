"""Every endpoint of people: their microblogs, one's own, and how the two stand to each other."""

from scattershot.app.acquaintance import Acquaintance
from scattershot.app.backfill import Backfill
from scattershot.app.house_rules import HouseRules
from scattershot.app.media import Media
from scattershot.app.publish import Publisher
from scattershot.app.reports import Reports
from scattershot.app.timelines import Timelines
from scattershot.frontends.mastodon_api.accounts import Accounts
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.own_account import OwnAccount
from scattershot.frontends.mastodon_api.own_lists import OwnLists
from scattershot.frontends.mastodon_api.relating import Relating
from scattershot.frontends.mastodon_api.reporting import Reporting
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson


def endpoints_of_people(
    known: Acquaintance,
    timelines: Timelines,
    publisher: Publisher,
    backfill: Backfill,
    reports: Reports,
    house_rules: HouseRules,
    media: Media,
    accounts: AccountsAsJson,
    statuses: StatusesAsJson,
) -> list[Endpoint]:
    """All of them."""
    authored, rosters, ties, suggesting, featuring, presenting = known
    return [
        *Accounts(timelines, authored, rosters, ties, featuring, suggesting, backfill, accounts, statuses).endpoints,
        *OwnAccount(timelines, presenting, featuring, rosters, media, accounts).endpoints,
        *OwnLists(timelines, rosters, ties, suggesting, accounts).endpoints,
        *Relating(timelines, publisher, ties).endpoints,
        *Reporting(timelines, publisher, reports, house_rules, accounts).endpoints,
    ]
