"""`demo`: three nodes as three processes on this machine, whose people follow each other and post.

They are real nodes with real data folders, in a folder that is gone when the demo ends.
"""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from scattershot import __version__
from scattershot.drivers.control import Asked, NoAnswerError, ask

PEOPLE = ("ann", "bob", "carol")
SECONDS_TO_START = 30.0
SECONDS_TO_BE_SEEN = 20.0
SECONDS_TO_STOP = 15.0
SECONDS_BETWEEN_POSTS = 4.0

_SAYINGS = (
    "The bread has risen, and so have I.",
    "Is anybody else awake? #night",
    "Seen from the bridge: two herons and one very patient cat.",
    "I mended the fence. The goat is not impressed.",
    "Tea first, then the world.",
    "A letter came from the sea today. #weather",
    "Somebody left the good pens unguarded. They are mine now.",
    "Counting swifts again; still too few.",
    "The shortest way home is the one with the bakery on it.",
)
_GREETINGS = {
    "ann": "Good morning from ann's node. Nobody owns this.",
    "bob": "bob here, on my own little server. Hello ann, hello carol!",
    "carol": "carol's node is up. What a view.",
}

Print = Callable[[str], object]


class DemoError(Exception):
    """Why the demo could not go on, in words for people."""


class _House(NamedTuple):
    """A node of the demo, and who lives there."""

    name: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def handle(self) -> str:
        return f"@{self.name}@localhost:{self.port}"

    def do(self, verb: str, **arguments: Any) -> list[str]:
        """Have the node carry out a verb; the lines it prints."""
        try:
            lines = list(ask(self.folder, Asked(verb, arguments), __version__) or ())
        except NoAnswerError as problem:
            raise DemoError(f"{self.origin} does not answer. {problem}") from problem
        if not lines or lines[-1].end != 0:
            why = " ".join(line.note for line in lines if line.note)
            raise DemoError(f"{self.origin} could not {verb}: {why or 'it does not answer'}{_log_of(self.folder)}")
        return [line.out for line in lines if line.out is not None]

    def post(self, text: str) -> str:
        """Post as the one who lives there; the post's address."""
        [address] = self.do("post", name=self.name, text=text, audience="public")
        return address


def show(say: Print, *, quick: bool) -> None:
    """Run the demo until it is interrupted, or, if `quick`, until a post of each was seen by all the others."""
    signal.signal(signal.SIGTERM, _interrupt)
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="scattershot-demo-") as folder,
        _village(Path(folder), say) as houses,
    ):
        _acquaint(houses, say)
        _greet_each_other(houses, say)
        if not quick:
            _live(houses, say)
    say("The demo is over; nothing of it is left.")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _village(folder: Path, say: Print) -> Iterator[list[_House]]:
    """Three nodes that run, stopped at the end whatever happens."""
    houses: list[_House] = []
    began = time.perf_counter()
    try:
        for name, port in zip(PEOPLE, _free_ports(len(PEOPLE)), strict=True):
            houses.append(_start(name, port, folder / name))
        for house in houses:
            _wait_until_up(house)
        say(f"Three nodes are up after {time.perf_counter() - began:.1f} s.")
        yield houses
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
        for house in houses:
            house.process.terminate()
        for house in houses:
            try:
                house.process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                house.process.kill()
                house.process.wait()


def _free_ports(count: int) -> list[int]:
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [door.getsockname()[1] for door in doors]
    for door in doors:
        door.close()
    return ports


def _start(name: str, port: int, folder: Path) -> _House:
    folder.mkdir(mode=0o700)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SCATTERSHOT_")} | {
        "SCATTERSHOT_ALLOW_PRIVATE_ADDRESSES": "true",
        "SCATTERSHOT_INSECURE_HTTP": "true",
        "SCATTERSHOT_TITLE": f"{name.capitalize()}'s node",
    }
    command = [sys.executable, "-P", "-m", "scattershot.cli", "run", "--data", str(folder), "--listen"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, f"127.0.0.1:{port}"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the demo, which then stops them in order
        )
    return _House(name, port, folder, process)


def _wait_until_up(house: _House) -> None:
    give_up = time.perf_counter() + SECONDS_TO_START
    while time.perf_counter() < give_up and house.process.poll() is None:
        if _is_healthy(house.port):
            return
        time.sleep(0.05)
    raise DemoError(f"The node of {house.name} did not start.{_log_of(house.folder)}")


def _is_healthy(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asked.request("GET", "/health")
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()


def _log_of(folder: Path) -> str:
    lines = (folder / "log").read_text("utf-8", "replace").splitlines()[-15:]
    return "\nIts log ends with:\n" + "\n".join(lines) if lines else ""


def _acquaint(houses: list[_House], say: Print) -> None:
    """Everybody follows everybody else by handle."""
    for house in houses:
        [link] = house.do("person add", name=house.name, admin=True)
        say(f"{house.handle}: {house.origin}/@{house.name}\n  sign in as {house.name}, once: {link}")
    for house in houses:
        for other in houses:
            if other is not house:
                house.do("follow", name=house.name, who=other.handle)
    for house in houses:
        others = {other.handle for other in houses if other is not house}
        _wait_until(lambda h=house, o=others: o <= set(h.do("following", name=h.name)), "follow each other")  # type: ignore[misc]
    say("They all follow each other.")


def _greet_each_other(houses: list[_House], say: Print) -> None:
    for house in houses:
        began = time.perf_counter()
        address = house.post(_GREETINGS[house.name])
        for other in houses:
            _wait_until(lambda o=other, a=address: _has_seen(o, a), f"see {address} at {other.origin}")  # type: ignore[misc]
        spent = (time.perf_counter() - began) * 1000
        say(f"{house.name} posted {address}: on all three nodes after {spent:.0f} ms")


def _has_seen(house: _House, address: str) -> bool:
    return any(address in line for line in house.do("home", name=house.name, limit=50, as_json=True))


def _wait_until(is_so: Callable[[], bool], what: str) -> None:
    give_up = time.perf_counter() + SECONDS_TO_BE_SEEN
    while not is_so():
        if time.perf_counter() > give_up:
            raise DemoError(f"The nodes did not come to {what} within {SECONDS_TO_BE_SEEN:.0f} s.")
        time.sleep(0.02)


def _live(houses: list[_House], say: Print) -> None:
    """Somebody posts every few seconds."""
    say("Somebody posts every few seconds. Ctrl-C ends the demo.")
    sayings: list[str] = []
    while True:
        if not sayings:
            sayings = random.sample(_SAYINGS, len(_SAYINGS))
        house = random.choice(houses)  # noqa: S311 - who speaks next is no secret
        say(f"{house.name}: {house.post(sayings.pop())}")
        time.sleep(SECONDS_BETWEEN_POSTS)
        for each in houses:
            if each.process.poll() is not None:
                raise DemoError(f"The node of {each.name} ended by itself.{_log_of(each.folder)}")
