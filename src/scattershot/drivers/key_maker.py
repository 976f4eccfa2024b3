"""New keys, made on a thread so that the event loop goes on."""

import asyncio

from scattershot.ports.keys import KeyPairs
from scattershot.wirekit.keys import generate_ed25519, generate_rsa


class OpensslKeyMaker:
    """Makes keys with OpenSSL's randomness."""

    async def make(self) -> KeyPairs:
        """New keys."""
        return await asyncio.to_thread(lambda: KeyPairs(generate_rsa(), generate_ed25519()))
