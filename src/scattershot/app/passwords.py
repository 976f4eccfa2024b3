"""Passwords: which will do, and how they are kept: as hashes that cost whoever tries many."""

import asyncio
import secrets
import threading
from typing import NamedTuple

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MIN_PASSWORD = 10
"""The least characters a password has; a long phrase beats odd signs (NIST SP 800-63B)."""


def password_problem(password: str) -> str:
    """Why a password will not do, in words for people, or nothing."""
    if len(password) < MIN_PASSWORD:
        return f"A password has at least {MIN_PASSWORD} characters; a few words in a row are good."
    return "A password has at most 1,000 characters." if len(password) > 1_000 else ""


async def hash_password(password: str) -> str:
    """An Argon2id hash with its own salt, as a PHC string (RFC 9106)."""

    def work() -> str:
        with _ONE_AT_A_TIME:
            return _argon2(secrets.token_bytes(16)).derive_phc_encoded(password.encode())

    return await asyncio.to_thread(work)


_ONE_AT_A_TIME = threading.Lock()
"""Held while a password is hashed: with several lanes, OpenSSL 4.0's threads for two hashes at once wait for each other
for ever (seen with cryptography 50.0)."""


class HashCost(NamedTuple):
    """What it costs to try a password: kibibytes, how often those are gone over, and by how many at once."""

    memory: int
    iterations: int
    lanes: int


RFC_9106 = HashCost(memory=64 * 1024, iterations=3, lanes=4)
"""Its second recommended setting."""
PASSWORD_COST = RFC_9106
"""What passwords of here cost. Tests, which try many that are worth nothing, make it cheaper."""


def _argon2(salt: bytes) -> Argon2id:
    memory, iterations, lanes = PASSWORD_COST
    return Argon2id(salt=salt, length=32, iterations=iterations, lanes=lanes, memory_cost=memory)


async def check_password(password: str, phc: str) -> bool:
    """Whether the password is the one hashed; False, and as slow, where there is no hash."""

    def work() -> bool:
        with _ONE_AT_A_TIME:
            if not phc:
                _argon2(b"nobody has this!").derive(password.encode())
                return False
            try:
                Argon2id.verify_phc_encoded(password.encode(), phc)
            except InvalidKey:
                return False
            return True

    return await asyncio.to_thread(work)
