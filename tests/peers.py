"""Installs what tests need beyond our wheels: peers by npm and by pip, and Chromium; run by `./scattershot test`.

Nothing here fails a test run: what could not be installed is missed by the fixtures in `conftest.py`, by name.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

INTEROP = Path(__file__).resolve().parent / "interop"
NODE_MODULES = INTEROP / "node_modules"
PYTHON_PEERS = INTEROP.parent.parent / ".venv" / "peers"
PYTHON_LOCKS = ("python_peers.txt", "python_peers_built.txt")
# One place may be as slow as a laptop on a train; a hung mirror must not take the test run with it.
INSTALL_SECONDS = 300.0
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main() -> int:
    """Install whatever is missing, side by side."""
    installers = [threading.Thread(target=each) for each in (install_npm_peers, install_python_peers, install_chromium)]
    for installer in installers:
        installer.start()
    for installer in installers:
        installer.join()
    return 0


def install_npm_peers() -> None:
    """Bring `node_modules` to what the lock file says; the registry is the one npm is set to use."""
    npm = shutil.which("npm")
    if npm is None or npm_peers_are_ready():
        return
    # No scripts: a peer is read by node, and has no business running anything while it is installed.
    if run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], INTEROP):
        _stamp().write_text(_lock_digest())


def npm_peers_are_ready() -> bool:
    """Whether node can run the peers of the present lock file."""
    return bool(shutil.which("node")) and _stamp().is_file() and _stamp().read_text() == _lock_digest()


def install_python_peers() -> None:
    """An environment of their own for peers in Python: what they need as wheels, then those of which there are none.

    Flask-WebSub is built here, by a setuptools that is pinned as well; and it brings a package `tests`, which must not
    come near ours.
    """
    if python_peers_are_ready():
        return
    pip = [str(python_peer()), "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check", "--no-deps"]
    wheels = [*pip, "--require-hashes", "--only-binary=:all:", "-r", PYTHON_LOCKS[0]]
    built = [*pip, "--require-hashes", "--no-build-isolation", "-r", PYTHON_LOCKS[1]]
    venv = [sys.executable, "-m", "venv", "--clear", str(PYTHON_PEERS)]
    if all(run(command, INTEROP) for command in (venv, wheels, built)):
        _python_stamp().write_text(_python_digest())


def python_peer() -> Path:
    """The Python that runs peers in Python."""
    return PYTHON_PEERS / "bin" / "python"


def python_peers_are_ready() -> bool:
    """Whether the peers of the present lock files are there."""
    return _python_stamp().is_file() and _python_stamp().read_text() == _python_digest()


def install_chromium() -> None:
    """Debian's Chromium where this is a Debian and we are allowed to; elsewhere it is for the developer to install."""
    if find_chromium() is None and shutil.which("apt-get") and os.geteuid() == 0:
        run(["apt-get", "update", "-qq"], INTEROP)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], INTEROP)


def find_chromium() -> str | None:
    """The program's path, from SCATTERSHOT_CHROMIUM or the usual names."""
    named = os.environ.get("SCATTERSHOT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def run(command: list[str], folder: Path) -> bool:
    """Whether the command succeeded in time; with its children it is ended when it did not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        child = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True
        )
    except OSError as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        return False
    try:
        return child.wait(INSTALL_SECONDS) == 0
    except subprocess.TimeoutExpired:
        print(f"{' '.join(command)}: not done within {INSTALL_SECONDS:.0f} s", file=sys.stderr)
        _end(child)
        return False


def _end(child: subprocess.Popen[bytes]) -> None:
    os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(20.0)  # dpkg puts its house in order first
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _stamp() -> Path:
    return NODE_MODULES / ".scattershot-stamp"


def _python_stamp() -> Path:
    return PYTHON_PEERS / ".scattershot-stamp"


def _python_digest() -> str:
    locks = b"".join((INTEROP / name).read_bytes() for name in PYTHON_LOCKS)
    return hashlib.sha256(locks + sys.version.encode()).hexdigest()


def _lock_digest() -> str:
    return hashlib.sha256((INTEROP / "package-lock.json").read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
