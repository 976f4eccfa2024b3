"""Keys for tests: a few, made once for the whole run and handed out again and again."""

from itertools import count

from scattershot.ports.keys import KeyPairs
from scattershot.wirekit.keys import generate_ed25519, generate_rsa

POOL = 3
"""So many different RSA keys, at a tenth of a second each; Ed25519 keys cost nothing and are always new."""

_pool: list[str] = []


class PooledKeyMaker:
    """A `KeyMaker` whose RSA keys repeat after a few; two microblogs in a row never share one."""

    _numbers = count()

    async def make(self) -> KeyPairs:
        """Keys."""
        if len(_pool) < POOL:
            _pool.append(generate_rsa())
            return KeyPairs(_pool[-1], generate_ed25519())
        return KeyPairs(_pool[next(self._numbers) % POOL], generate_ed25519())
