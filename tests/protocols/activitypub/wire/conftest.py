"""Keys for all that is signed here, each a private and a public half."""

import pytest
from hypothesis import settings

from scattershot.wirekit import keys

settings.register_profile("unhurried", deadline=None)  # two shared cores say nothing about how long an example takes
settings.load_profile("unhurried")


def _pair(pem: str) -> tuple[keys.PrivateKey, keys.PublicKey]:
    private = keys.load_private(pem)
    public = keys.load_public(keys.public_pem(private))
    assert public is not None
    return private, public


@pytest.fixture(scope="session")
def rsa() -> tuple[keys.PrivateKey, keys.PublicKey]:
    return _pair(keys.generate_rsa())


@pytest.fixture(scope="session")
def other_rsa() -> tuple[keys.PrivateKey, keys.PublicKey]:
    return _pair(keys.generate_rsa())


@pytest.fixture(scope="session")
def ed25519() -> tuple[keys.PrivateKey, keys.PublicKey]:
    return _pair(keys.generate_ed25519())
