"""The two nodes that real apps visit: started once, for starting them costs more than most of what is asked of them."""

from collections.abc import Iterator

import pytest

from tests.mastodon.clients.nodes import Someone, move_in
from tests.processes import Process


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The node where most of the people live."""
    yield from _running(tmp_path_factory, "here")


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The other node."""
    yield from _running(tmp_path_factory, "there")


@pytest.fixture(scope="module")
def ann(here: Process, request: pytest.FixtureRequest) -> Someone:
    """A person here, new to each file: her name ends in the file's."""
    return move_in(here, f"ann_{request.module.__name__.rpartition('test_')[2]}")


@pytest.fixture(scope="module")
def carol(here: Process, request: pytest.FixtureRequest) -> Someone:
    """Another person here."""
    return move_in(here, f"carol_{request.module.__name__.rpartition('test_')[2]}")


@pytest.fixture(scope="module")
def bob(there: Process, request: pytest.FixtureRequest) -> Someone:
    """A person on the other node."""
    return move_in(there, f"bob_{request.module.__name__.rpartition('test_')[2]}")


def _running(folders: pytest.TempPathFactory, name: str) -> Iterator[Process]:
    node = Process(folders.mktemp("nodes") / name)
    try:
        yield node.start()
    finally:
        node.end()
