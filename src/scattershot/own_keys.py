"""Secrets of the node's own, from the store and from files of the data folder."""

from typing import NamedTuple

from scattershot.app import slips, web_push
from scattershot.app.proxy import Signed, proxy_secret
from scattershot.app.signets import SIGNET_FILE
from scattershot.app.web_push import Keys
from scattershot.drivers.secret_file import secret_in
from scattershot.ports.database import Database
from scattershot.protocols.notify.adapter import FILE as HINTS_FILE
from scattershot.protocols.notify.adapter import SECRET_BYTES
from scattershot.settings import Settings
from scattershot.wirekit import sealing

PUSH_FILE = "push.key"
"""The file in the data folder without which the access tokens kept for pushes cannot be read."""


class OwnKeys(NamedTuple):
    """What makes addresses of pictures from elsewhere its own, what its pushes bear, and by what it is known among
    relays; what opens the keys by which its microblogs speak there; and by what it hints."""

    signed: Signed
    push: Keys
    relay: bytes
    signets: bytes
    hints: bytes


async def own_keys(settings: Settings, database: Database) -> OwnKeys:
    """All of them; those that were not there yet are made."""
    return OwnKeys(
        signed=Signed(await proxy_secret(database), settings.origin),
        push=Keys(await web_push.own_key(database), secret_in(settings.data, PUSH_FILE, sealing.KEY_BYTES)),
        relay=await slips.own_key(database),
        signets=secret_in(settings.data, SIGNET_FILE, sealing.KEY_BYTES),
        hints=secret_in(settings.data, HINTS_FILE, SECRET_BYTES),
    )
