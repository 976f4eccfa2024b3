"""Nodes in network namespaces on one bridge, which print what they saw as JSON; inside it is root, outside nothing is
touched: `unshare -rnm python -m tests.journeys.bridge POSTS LOSS FOLDER`."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from scattershot import __version__
from scattershot.drivers.control import Asked, ask
from scattershot.drivers.udp import UdpSocket
from tests.processes import ENVIRONMENT, PROGRAM, done, until

NODES = 10
GROUP = "239.192.83.67:5683"
LOSSY = [sys.executable, "-P", "-m", "tests.journeys.lossy_node"]
PACE = 0.2
"""Seconds between two posts: ten nodes share the machine."""
_ROOT = Path(__file__).resolve().parents[2]


def shell(*words: str) -> str:
    """A command that must succeed."""
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{' '.join(words)}: {ran.stderr}"
    return ran.stdout


class Namespaced:
    """A node in a namespace of its own, at 10.77.0.N behind a cable to the bridge."""

    def __init__(self, number: int, folder: Path) -> None:
        self.number, self.address = number, f"10.77.0.{number}"
        self.folder, self.log = folder / f"n{number}", folder / f"n{number}.log"
        self._keeper = subprocess.Popen(["unshare", "-n", "sleep", "3600"])
        until(lambda: Path(self._net).readlink() != Path("/proc/self/ns/net").readlink(), "a namespace")
        shell("ip", "link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns", str(self._keeper.pid))
        shell("ip", "link", "set", f"v{number}", "master", "br0", "up")
        for words in (f"addr add {self.address}/24 dev eth0", "link set eth0 up", "link set lo up"):
            shell(*self._inside, "ip", *words.split())
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def _net(self) -> str:
        return f"/proc/{self._keeper.pid}/ns/net"

    @property
    def _inside(self) -> list[str]:
        return ["nsenter", f"--net={self._net}"]

    def start(self, loss: float) -> None:
        settings = {
            "SCATTERSHOT_UDP": f"{self.address}:5683",
            "SCATTERSHOT_UDP_GROUPS": GROUP,
            "LOSS": str(loss),
            "LOSSY": str(self.folder.parent / "lossy"),
            "PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}",
        }
        listen = ["--listen", "0.0.0.0:8000", "--origin", f"http://{self.address}:8000"]
        command = [*self._inside, *(LOSSY if loss else PROGRAM), "run", "--data", str(self.folder), *listen]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=ENVIRONMENT | settings, stdout=log, stderr=log)

    def do(self, *words: str) -> str:
        return done(*words, "--data", self.folder)

    def ask(self, verb: str, **arguments: object) -> list[str]:
        """The same by the control socket, without a process for it."""
        lines = list(ask(self.folder, Asked(verb, arguments), __version__) or [])
        assert lines, f"node {self.number} does not answer"
        assert lines[-1].end == 0, lines
        return [line.out for line in lines if line.out]

    def metric(self, name: str, **labels: str) -> int:
        """What the node counted, asked from within its own namespace."""
        asked = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/metrics').read().decode())"
        text = shell(*self._inside, sys.executable, "-c", asked)
        label = ",".join(f'{key}="{value}"' for key, value in labels.items())
        found = re.search(rf"^{name}_total\{{{re.escape(label)}\}} ([0-9.e+]+)$", text, re.MULTILINE)
        return int(float(found[1])) if found else 0

    def end(self) -> None:
        for process in (self.process, self._keeper):
            if process is not None:
                process.terminate()
        for process in (self.process, self._keeper):
            if process is not None:
                process.wait(20)


class Bystander:
    """Somebody on the bridge who is in the group, and counts what is said there."""

    def __init__(self) -> None:
        self._socket = UdpSocket("10.77.0.254:0", (GROUP,), lambda _: True)
        [self._member] = self._socket._members

    def heard(self, source: str) -> int:
        """Datagrams from there since this was asked last."""
        count = 0
        while True:
            try:
                count += self._member.recvfrom(2_048)[1][0] == source
            except BlockingIOError:
                return count


def journey(posts: int, loss: float, folder: Path) -> dict[str, object]:
    """One author, nine who follow; one post by one datagram, then many where a part of all datagrams is lost."""
    shell("ip", "link", "set", "lo", "up")
    shell("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
    shell("ip", "addr", "add", "10.77.0.254/24", "dev", "br0")
    shell("ip", "link", "set", "br0", "up")
    bystander = Bystander()
    nodes = [Namespaced(number, folder) for number in range(1, NODES + 1)]
    try:
        author, *readers = nodes
        for node in nodes:
            node.do("person", "add", "ann" if node is author else "bob")
            node.start(loss)
        for node in nodes:
            until(lambda node=node: node.do("person", "list"), f"node {node.number} at work", 60)
        for node in readers:
            node.do("follow", "bob", f"@ann@{author.address}:8000")
        until(lambda: f"Telling {len(readers)}:" in author.do("inspect", "udp"), "all agreed on datagrams", 120)
        found = one_post(author, readers, bystander)
        (folder / "lossy").touch()
        return found | many_posts(author, readers, posts, loss)
    finally:
        for node in nodes:
            node.end()


def texts(node: Namespaced, limit: int) -> list[str]:
    return [json.loads(line)["text"] for line in node.ask("home", name="bob", limit=limit, as_json=True)]


def one_post(author: Namespaced, readers: list[Namespaced], bystander: Bystander) -> dict[str, object]:
    bystander.heard(author.address)
    hints = author.metric("scattershot_hints_sent", how="first")
    author.do("post", "ann", "to all of you at once")
    until(lambda: all(texts(node, 5) == ["to all of you at once"] for node in readers), "nine have the post", 60)
    sent = author.metric("scattershot_hints_sent", how="first") - hints
    by_datagram = sum(node.metric("scattershot_hints_came", verdict="new") for node in readers)
    return {
        "hints sent for one post": sent,
        "datagrams heard in the group": bystander.heard(author.address),
        "nodes that have it": len(readers),
        "nodes that have it by datagram": by_datagram,
        "answers sent": sum(node.metric("scattershot_hints_sent", how="answer") for node in readers),
    }


def many_posts(author: Namespaced, readers: list[Namespaced], posts: int, loss: float) -> dict[str, object]:
    began = time.perf_counter()
    for number in range(posts):
        author.ask("post", name="ann", text=f"post {number}", audience="public")
        time.sleep(max(0.0, began + (number + 1) * PACE - time.perf_counter()))
    posted = time.perf_counter() - began
    wanted = sorted(f"post {number}" for number in range(posts))

    def missing() -> int:
        return sum(len(set(wanted) - set(texts(node, posts + 10))) for node in readers)

    until(lambda: missing() == 0 or time.sleep(1), "all have all", 300)
    had = [sorted(text for text in texts(node, posts + 10) if text in set(wanted)) for node in readers]
    return {
        "posts": posts,
        "loss": loss,
        "nodes that have every one once": sum(each == wanted for each in had),
        "repair fetches": sum(node.metric("scattershot_hint_repairs", outcome="done") for node in readers),
        "said again": author.metric("scattershot_hints_sent", how="again"),
        "in vain": author.metric("scattershot_hints_sent", how="in_vain"),
        "new by datagram": sum(node.metric("scattershot_hints_came", verdict="new") for node in readers),
        "new from the log": sum(node.metric("scattershot_hints_came", verdict="log_new") for node in readers),
        "pushed by HTTP": author.metric("scattershot_deliveries", outcome="delivered"),
        "datagrams lost": sum(node.log.read_text().count("lost a datagram") for node in (author, *readers)),
        "seconds to post": round(posted, 1),
        "seconds until all had all": round(time.perf_counter() - began, 1),
    }


if __name__ == "__main__":
    print(json.dumps(journey(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))))
