"""Keys for tests: RSA keys cost a tenth of a second each, so a few are made once in a session and given out again."""

from itertools import count

from scattershot.ports.keys import KeyPairs
from scattershot.wirekit.keys import generate_ed25519, generate_rsa

POOL = 4
"""RSA keys made at most; Ed25519 keys are cheap and always new."""

_rsa: list[str] = []
_turns = count()


class PooledKeyMaker:
    """Gives RSA keys out of a small pool shared by the whole session, so two microblogs may share one."""

    async def make(self) -> KeyPairs:
        """Keys; not unique beyond the size of the pool, which the port's promise would ask for."""
        turn = next(_turns) % POOL
        if turn >= len(_rsa):
            _rsa.append(generate_rsa())
        return KeyPairs(_rsa[turn % len(_rsa)], generate_ed25519())
