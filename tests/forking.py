"""Programs that begin where Python has done its imports: forked from a process that did them once.

Each is a process of its own as any other: it has its own memory, files and signals, and dies of `kill -9`. What it does
not do is import half a second's worth of modules, which is most of what a verb takes. Whether the program starts as it
is typed, tests of `PROGRAM` in `tests.processes` tell.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

MAX_MESSAGE = 1 << 20


# -- on the side of the tests


class Forked:
    """A program that runs, or ran; like a `subprocess.Popen` as far as tests ask for it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = threading.Event()

    def ended(self, code: int) -> None:
        """It is no more."""
        self.returncode = code
        self._ended.set()

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, waited for."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("scattershot", timeout or 0.0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, sign: int) -> None:
        """A signal, while it runs."""
        if self.returncode is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        """Kill it outright."""
        self.send_signal(signal.SIGKILL)


class Forker:
    """The process from which programs are forked, started at the first wish."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wire: socket.socket | None = None
        self._running: dict[int, Forked] = {}
        self._born: list[Forked] = []
        self._here = threading.Condition()

    def start(
        self, words: Sequence[str], environment: Mapping[str, str], stdin: IO[Any], stdout: IO[Any], stderr: IO[Any]
    ) -> Forked:
        """Run `scattershot` with those words, in that environment, on those files."""
        message = json.dumps([list(words), dict(environment), str(Path.cwd())]).encode()
        with self._lock:
            wire = self._wire or self._open()
            socket.send_fds(wire, [message], [each.fileno() for each in (stdin, stdout, stderr)])
            with self._here:
                assert self._here.wait_for(lambda: self._born, 60), "nothing is forked any more"
                return self._born.pop()

    def _open(self) -> socket.socket:
        self._wire, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        here = Path(__file__).resolve()
        forker = subprocess.Popen(
            [sys.executable, "-P", str(here), str(theirs.fileno())],
            pass_fds=[theirs.fileno()], env=os.environ | {"PYTHONPATH": str(here.parent.parent / "src")},
        )  # fmt: skip
        theirs.close()
        atexit.register(self._close, forker)
        threading.Thread(target=self._listen, args=(self._wire,), daemon=True).start()
        return self._wire

    def _close(self, forker: "subprocess.Popen[bytes]") -> None:
        if self._wire is not None:
            self._wire.shutdown(socket.SHUT_RDWR)
        forker.wait(10)

    def _listen(self, wire: socket.socket) -> None:
        while message := wire.recv(MAX_MESSAGE):
            pid, code = json.loads(message)
            with self._here:
                if code is None:
                    self._running[pid] = born = Forked(pid)
                    self._born.append(born)
                    self._here.notify_all()
                else:
                    self._running.pop(pid).ended(code)


# -- in the process from which they are forked


def _serve(wire: socket.socket) -> None:
    import gc

    import scattershot.cli
    import scattershot.running  # and with it all that a node is made of
    import scattershot.verbs.people  # noqa: F401

    gc.freeze()
    read, write = os.pipe()
    for end in (read, write):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write)
    while True:
        ready, _, _ = select.select([wire, read], [], [])
        if read in ready:
            os.read(read, 4096)
            _tell_who_ended(wire)
        if wire in ready:
            message, files, _, _ = socket.recv_fds(wire, MAX_MESSAGE, 3)
            if not message:
                return
            words, environment, folder = json.loads(message)
            pid = os.fork()
            if pid == 0:
                for each in (read, write, wire.fileno()):
                    os.close(each)
                _become(words, environment, folder, files)
            for file in files:
                os.close(file)
            wire.send(json.dumps([pid, None]).encode())


def _tell_who_ended(wire: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        wire.send(json.dumps([pid, os.waitstatus_to_exitcode(status)]).encode())


def _become(words: list[str], environment: dict[str, str], folder: str, files: list[int]) -> NoReturn:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["scattershot", *words]
    os._exit(_run())


def _run() -> int:
    import scattershot.cli

    code: object = 0
    try:
        scattershot.cli.main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()  # type: ignore[attr-defined]
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
