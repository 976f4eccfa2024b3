"""Who did it, and whether anything is taken from them."""

from scattershot.app.apply.origin import Declined, Lacks
from scattershot.domain import policy
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs


def acting(tx: Transaction, actor: WireId) -> microblogs.Stand | Lacks | Declined:
    """The microblog that did it, where it is known and may."""
    stand = microblogs.stand(tx, actor)
    if stand is None:
        return Lacks((actor,))
    why = policy.may_act(policy.Doer(stand.local, stand.gone, stand.standing, stand.node_standing))
    return stand if why is None else Declined(why)
