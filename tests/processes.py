"""Real nodes as processes on loopback, spoken to by the command line as an operator would."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from tests.forking import Forked, Forker

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-P", "-m", "scattershot.cli"]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("SCATTERSHOT_")},
    "PYTHONPATH": str(ROOT / "src"),
    "SCATTERSHOT_ALLOW_PRIVATE_ADDRESSES": "true",
    "SCATTERSHOT_INSECURE_HTTP": "true",
    "SCATTERSHOT_NOSTR_INDEX": "",
}
PATIENCE = 30.0


_forker = Forker()


def cli(*words: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    with TemporaryFile() as given, TemporaryFile() as told, TemporaryFile() as complained:
        given.write(stdin.encode())
        given.seek(0)
        program = _forker.start([*map(str, words)], ENVIRONMENT | environment, given, told, complained)
        code = program.wait(60)
        told.seek(0)
        complained.seek(0)
        return subprocess.CompletedProcess(words, code, told.read().decode(), complained.read().decode())


def done(*words: str | Path, stdin: str = "") -> str:
    """The standard output of a command that must succeed."""
    result = cli(*words, stdin=stdin)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.strip()


def until(is_so: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    """Wait, looking often, until something is so."""
    give_up = time.perf_counter() + seconds
    while not is_so():
        assert time.perf_counter() < give_up, f"not within {seconds} s: {what}"
        time.sleep(0.03)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


class Process:
    """A node that runs, or is to be started again on the same folder and port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: Forked | None = None
        self.log = folder.with_name(f"{folder.name}.log")

    @property
    def origin(self) -> str:
        """Where the node is in the world."""
        return f"http://localhost:{self.port}"

    def handle(self, name: str) -> str:
        """Somebody's handle."""
        return f"@{name}@localhost:{self.port}"

    def start(self, *options: str) -> "Process":
        """Start it and wait until it can serve."""
        words = ["run", "--data", str(self.folder), "--listen", f"127.0.0.1:{self.port}", *options]
        with self.log.open("ab") as log, Path(os.devnull).open("rb") as nothing:
            self.process = _forker.start(words, ENVIRONMENT, nothing, log, log)
        until(lambda: self.get("/health")[0] == 200 or self.process.poll() is not None, "healthy")  # type: ignore[union-attr]
        assert self.process.poll() is None, self.log.read_text()
        return self

    def kill(self) -> None:
        """As when the power goes."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> float:
        """Stop it in order; how many seconds that took. It must end well."""
        assert self.process is not None
        began = time.perf_counter()
        self.process.send_signal(sign)
        assert self.process.wait(20) == 0, self.log.read_text()
        return time.perf_counter() - began

    def end(self) -> None:
        """See to it that nothing is left of it."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Ask over HTTP; status 0 where nobody listens."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asked.request("GET", path, headers=headers)
            answer = asked.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            asked.close()

    def do(self, *words: str, stdin: str = "") -> str:
        """A verb on this node, which must succeed."""
        return done(*words, "--data", self.folder, stdin=stdin)

    def home(self, name: str, limit: int = 100) -> list[dict[str, Any]]:
        """Somebody's home timeline, newest first."""
        return [json.loads(line) for line in self.do("home", name, "--json", "--limit", str(limit)).splitlines()]

    def texts(self, name: str, limit: int = 100) -> list[str]:
        """What somebody reads at home, newest first."""
        return [item["text"] for item in self.home(name, limit)]
