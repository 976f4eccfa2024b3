"""Installs what tests need beyond wheels, the npm peers and Chromium; run by `./scattershot test`.

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
# One place may be as slow as a laptop on a train; a hung mirror must not take the test run with it.
INSTALL_SECONDS = 300.0
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main() -> int:
    """Install whatever is missing, side by side."""
    installers = [threading.Thread(target=install_npm_peers), threading.Thread(target=install_chromium)]
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


def _lock_digest() -> str:
    return hashlib.sha256((INTEROP / "package-lock.json").read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
