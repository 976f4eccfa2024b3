"""On which networks those are whom a text names, as far as they are known here; nobody is asked."""

from scattershot.domain.crossing import Network
from scattershot.domain.text import handles_in
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs
from scattershot.wirekit.urls import normal_host

MOST_NAMED = 50


async def named_on(database: Database, text: str) -> frozenset[Network]:
    """The networks over which a private post with that text would go; whoever is kept here needs none."""
    handles = [handle for handle in handles_in(text) if handle.domain][:MOST_NAMED]
    if not handles:
        return frozenset()

    def work(tx: Transaction) -> frozenset[Network]:
        found = set()
        for handle in handles:
            domain = normal_host(handle.domain)
            named = handle._replace(name=handle.name.lower(), domain=domain) if domain is not None else None
            row = microblogs.by_handle(tx, named) if named is not None else None
            if row is not None and not row.local:
                found.add(Network(row.profile.id.protocol))
        return frozenset(found)

    return await database.read(work)
