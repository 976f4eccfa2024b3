"""Keys for tests: a few RSA keys made once and handed out in turn, since each takes a tenth of a second to make."""

from functools import cache

from scattershot.ports.keys import KeyPairs
from scattershot.wirekit.keys import generate_ed25519, generate_rsa

POOL = 6
"""So many different RSA keys; two microblogs that must not share one are made within a pool's length."""


@cache
def _pool() -> list[str]:
    return []


class PooledKeyMaker:
    """Hands out pooled RSA keys and fresh Ed25519 keys."""

    def __init__(self) -> None:
        self._given = 0

    async def make(self) -> KeyPairs:
        """The next key pair."""
        self._given += 1
        pool = _pool()
        if len(pool) < min(POOL, self._given):
            pool.append(generate_rsa())
        return KeyPairs(pool[(self._given - 1) % len(pool)], generate_ed25519())
