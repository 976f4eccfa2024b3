"""The command line, with real processes: whether or not a node runs, and whatever became of it."""

import http.client
import io
import json
import os
import re
import signal
import socket
import stat
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.files import a_picture
from tests.processes import ENVIRONMENT, PROGRAM, Process, cli, done, until


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Process]:
    """A node that is not started; whatever a test leaves running is ended."""
    made = Process(tmp_path / "node")
    yield made
    made.end()


def test_every_verb_starts_soon(capsys: pytest.CaptureFixture[str], node: Process) -> None:
    node.do("person", "add", "ann")
    spent = {}
    for words in (("--version",), ("--help",), ("home", "ann", "--data", str(node.folder))):
        began = time.perf_counter()
        subprocess.run([*PROGRAM, *words], env=ENVIRONMENT, check=True, capture_output=True)
        spent[words[0]] = time.perf_counter() - began
    with capsys.disabled():
        print(" start-up:", ", ".join(f"{word} {seconds * 1000:.0f} ms" for word, seconds in spent.items()), end=" ")
    assert done("--version").startswith("scattershot, version ")


def test_the_verbs_work_while_no_node_runs(node: Process) -> None:
    link = node.do("person", "add", "ann", "--admin")
    assert re.fullmatch(r"http://localhost:8000/welcome/[\w-]{40,}", link)
    assert re.fullmatch(r"[\w-]{40,}", node.do("token", "ann"))
    node.do("person", "add", "bob")
    assert "follows @bob@" in node.do("follow", "ann", "bob")
    assert node.do("following", "ann") == "@bob@localhost:8000"
    address = node.do("post", "bob", "-", "--warning", "long", stdin="First line\nand a second\n")
    node.do("post", "bob", "An answer", "--reply-to", address)
    told = node.home("ann")
    assert [item["text"] for item in told] == ["An answer", "First line\nand a second"]
    assert told[1]["warning"] == "long"
    assert told[1]["url"] == address
    assert "  First line\n  and a second\n" in node.do("home", "ann")
    assert "posted by @bob@localhost:8000" in node.do("trace", address)


def test_a_team_and_an_invitation_are_made_by_words(node: Process) -> None:
    node.do("person", "add", "ann")
    node.do("person", "add", "bea")
    assert node.do("microblog", "add", "team", "--owner", "ann") == "@team@localhost:8000"
    assert node.do("microblog", "appoint", "team", "bea", "editor") == "bea keeps @team@localhost:8000 as its editor."
    assert node.do("microblog", "keepers", "team") == "ann\towner\nbea\teditor"
    closed = cli("person", "invite", "--data", node.folder)
    assert closed.returncode == 1
    assert "Nobody can sign up here" in closed.stderr
    assert node.do("person", "list") == "ann\tperson\nbea\tperson"


def test_a_person_is_deleted_only_when_it_is_said_twice(node: Process) -> None:
    node.do("person", "add", "ann")
    node.do("post", "ann", "Hello")
    doubted = cli("person", "delete", "ann", "--data", node.folder)
    assert doubted.returncode == 1
    assert "Say --yes if you mean it" in doubted.stderr
    assert len(node.home("ann")) == 1
    assert "@ann@localhost:8000 with every post" in node.do("person", "delete", "ann", "--yes")
    assert "Nobody here is called ann" in cli("home", "ann", "--data", node.folder).stderr
    assert "The name ann is taken" in cli("person", "add", "ann", "--data", node.folder).stderr


def test_a_list_of_blocked_hosts_is_imported_line_by_line(node: Process) -> None:
    node.do("person", "add", "ann")
    node.do("allow-node", "friend.example")
    text = "#domain,#severity\nevil.example,suspend\nloud.example,silence\nfriend.example,suspend\nl*.example,suspend\n"
    said = node.do("import-blocks", "-", "--dry-run", stdin=text)
    assert "evil.example: would be blocked" in said
    assert "evil.example" not in node.do("nodes")
    said = node.do("import-blocks", "-", stdin=text)
    assert "evil.example: blocked" in said
    assert "loud.example: limited" in said
    assert "friend.example: was let in by hand" in said
    assert "line 5 is left out" in said
    assert "let in" in node.do("block-node", "*")
    assert "dealt with again" in node.do("unblock-node", "*")
    assert "is limited" in node.do("limit-node", "evil.example")


def test_the_rules_of_the_house_are_made_listed_and_removed(node: Process) -> None:
    node.do("person", "add", "ann")
    assert node.do("rule", "add", "Be kind.", "--hint", "Also to bots.") == "Rule 1 holds."
    node.do("rule", "add", "No spam.")
    assert node.do("rule", "list").splitlines() == ["1  Be kind.", "   Also to bots.", "2  No spam."]
    node.do("rule", "remove", "1")
    assert node.do("rule", "list") == "2  No spam."


def test_something_is_announced_and_an_emoji_given(node: Process, tmp_path: Path) -> None:
    """Both while the node runs; the emoji's file is read from wherever it is."""
    node.do("person", "add", "ann")
    node.start()
    assert node.do("announce", "add", "We move.", "--draft").startswith("Announcement 1 is kept")
    node.do("announce", "edit", "1", "--starts", "2026-12-24", "--ends", "2026-12-25", "--all-day")
    node.do("announce", "publish", "1")
    assert node.do("announce", "list").splitlines() == ["1  published, 2026-12-24 to 2026-12-25", "   We move."]
    picture = tmp_path / "blob.png"
    picture.write_bytes(a_picture("PNG", (32, 32)))
    assert node.do("emoji", "add", "blob", str(picture), "--category", "Blobs") == ":blob: is an emoji now."
    assert picture.exists()
    assert node.do("emoji", "list") == ":blob:  Blobs"
    node.do("emoji", "remove", "blob")


def test_the_verbs_go_through_the_node_that_runs(node: Process) -> None:
    node.start()
    assert node.do("person", "add", "ann").startswith(f"{node.origin}/welcome/")
    assert node.do("person", "link", "ann").startswith(f"{node.origin}/welcome/")
    assert re.fullmatch(r"[\w-]{40,}", node.do("token", "ann"))
    address = node.do("post", "ann", "Hello")
    assert address.startswith(f"{node.origin}/@ann/")
    assert node.get(address.removeprefix(node.origin), Accept="application/activity+json")[0] == 200
    until(lambda: node.texts("ann") == ["Hello"], "on the home timeline")
    assert "On the home timelines of ann." in node.do("trace", address)
    assert node.do("block-node", "Bad.Example").startswith("bad.example is blocked")
    assert node.do("nodes").startswith("bad.example  blocked")
    assert "dealt with again" in node.do("unblock-node", "bad.example")
    assert stat.S_IMODE((node.folder / "control.sock").stat().st_mode) == 0o600


def test_a_data_folder_may_lie_deeper_than_a_sockets_path_may_be_long(tmp_path: Path) -> None:
    node = Process(tmp_path / ("deep" * 20) / ("deeper" * 10) / "node")
    node.folder.parent.mkdir(parents=True)
    try:
        node.start()
        assert node.do("person", "add", "ann").startswith(node.origin)
    finally:
        node.end()


def test_what_goes_wrong_is_told_in_a_sentence(node: Process, tmp_path: Path) -> None:
    nowhere = cli("home", "ann", "--data", tmp_path / "none")
    assert nowhere.returncode == 1
    assert nowhere.stderr.startswith("Error: There is no node in ")
    assert not (tmp_path / "none").exists()
    node.start().do("person", "add", "ann")
    told = [
        (1, ("home", "bob"), "Error: Nobody here is called bob. Here are: ann.\n"),
        (1, ("person", "add", "Ann"), "Error: The name ann is taken.\n"),
        (1, ("person", "add", "a b"), "Error: A name is 1 to 30 letters a–z, digits or underscores.\n"),
        (1, ("follow", "ann", "nobody"), "Error: Nobody here is called nobody.\n"),
        (1, ("follow", "ann", "@bob@localhost:1"), "Error: localhost:1 cannot be reached"),
        (1, ("post", "ann", " "), "Error: There is nothing to post yet.\n"),
        (1, ("trace", "12345"), "Error: No post here is known as 12345.\n"),
        (1, ("block-node", "no host"), "Error: 'no host' is not the name of a host.\n"),
        (2, ("post", "ann"), "Usage: "),
        (2, ("post", "ann", "x", "--audience", "nobody"), "Usage: "),
    ]
    for status, words, begins in told:
        result = cli(*words, "--data", node.folder)
        assert (result.returncode, result.stdout) == (status, ""), words
        assert result.stderr.startswith(begins), result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"SCATTERSHOT_COURIERS": "many"}, "Error: couriers: expected int, got str\n"),
        ({"SCATTERSHOT_ORIGIN": "example.org"}, "Error: origin: 'example.org' is not a scheme and a host"),
        ({"SCATTERSHOT_LISTEN": "here"}, "Error: listen: 'here' is not HOST:PORT\n"),
        ({"SCATTERSHOT_LOG_FORMAT": "xml"}, "Error: log_format: "),
        ({"SCATTERSHOT_DATABASE": "mysql://x"}, "Error: database: 'mysql' is not postgresql://"),
    ],
)
def test_a_bad_setting_is_named(environment: dict[str, str], says: str, tmp_path: Path) -> None:
    result = cli("run", "--data", tmp_path / "node", **{"SCATTERSHOT_LISTEN": "127.0.0.1:0", **environment})
    assert result.returncode == 1
    assert result.stderr.startswith(says)


def test_a_setting_nobody_knows_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("colour = 'red'\n")
    result = cli("settings", "--config", tmp_path / "bad.toml")
    assert (result.returncode, "colour" in result.stderr) == (1, True)


def test_a_second_node_on_the_same_folder_says_so(node: Process) -> None:
    node.start()
    second = cli("run", "--data", node.folder, "--listen", "127.0.0.1:0")
    assert (second.returncode, second.stderr) == (1, f"Error: A node runs in {node.folder} already.\n")
    assert node.get("/health")[0] == 200


def test_a_taken_port_is_named(node: Process) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = cli("run", "--data", node.folder, "--listen", f"127.0.0.1:{port}")
    assert result.returncode == 1
    assert result.stderr == f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_a_killed_node_leaves_a_folder_that_works(node: Process) -> None:
    node.start()
    node.do("person", "add", "ann")
    node.do("post", "ann", "before")
    node.kill()
    assert (node.folder / "control.sock").exists()
    node.do("post", "ann", "between")
    node.start()
    node.do("post", "ann", "after")
    until(lambda: len(node.texts("ann")) == 3, "all three")
    assert node.texts("ann") == ["after", "between", "before"]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_takes_seconds_and_loses_nothing(node: Process, sign: signal.Signals) -> None:
    node.start()
    node.do("person", "add", "ann")
    posted: list[str] = []

    def post_on() -> None:
        while (result := cli("post", "ann", f"number {len(posted)}", "--data", node.folder)).returncode == 0:
            posted.append(result.stdout.strip())
            if len(posted) >= 8:
                return

    poster = threading.Thread(target=post_on)
    poster.start()
    until(lambda: len(posted) >= 3, "a few posts")
    assert node.stop(sign) < 8
    poster.join()
    assert not (node.folder / "control.sock").exists()
    home = {item["url"] for item in node.home("ann")}
    assert home >= set(posted)
    assert len(posted) >= 3


def test_an_idle_connection_does_not_hold_up_a_stop(node: Process) -> None:
    node.start()
    with socket.create_connection(("127.0.0.1", node.port)) as idle:
        idle.sendall(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        assert node.stop() < 5


def test_the_owners_link_is_printed_until_somebody_signs_in(node: Process) -> None:
    node.start()
    [link] = re.findall(rf"{node.origin}/welcome/[\w-]+", node.log.read_text())
    assert node.get(link.removeprefix(node.origin))[0] == 200
    node.stop()
    node.do("person", "add", "ann", "--admin")
    node.log.unlink()
    node.start()
    assert "/welcome/" not in node.log.read_text()


def test_a_node_may_change_its_address_until_others_know_it(node: Process) -> None:
    node.do("person", "add", "ann")
    node.do("post", "ann", "Hello")
    node.start()
    [item] = node.home("ann")
    assert (item["author"], item["url"].startswith(node.origin)) == (node.handle("ann"), True)
    assert node.get(f"/.well-known/webfinger?resource=acct:ann@localhost:{node.port}")[0] == 200
    node.do("block-node", "known.example")
    node.stop()
    moved = cli("run", "--data", node.folder, "--listen", "127.0.0.1:0", "--origin", "https://elsewhere.example")
    assert moved.returncode == 1
    assert moved.stderr.startswith(f"Error: {node.folder} holds the node {node.origin}, and others know it by that")


def test_a_backup_taken_while_people_post_is_the_same_elsewhere(node: Process, tmp_path: Path) -> None:
    node.start()
    node.do("person", "add", "ann")
    (node.folder / "scattershot.toml").write_text('title = "Ours"\n')
    node.do("post", "ann", "before")
    stop = threading.Event()

    def post_on() -> None:
        while not stop.is_set():
            cli("post", "ann", "meanwhile", "--data", node.folder)

    poster = threading.Thread(target=post_on)
    poster.start()
    try:
        backup = tmp_path / "backup.tar"
        node.do("backup", str(backup))
    finally:
        stop.set()
        poster.join()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in node.folder.glob("copy-*")] == []
    assert cli("backup", backup, "--data", node.folder).returncode == 1

    other = tmp_path / "other"
    done("restore", backup, "--data", other)
    assert sorted(path.name for path in other.iterdir()) == [
        "lock",
        "scattershot.sqlite",
        "scattershot.toml",
        "signets.key",
    ]
    restored = done("home", "ann", "--data", other, "--json").splitlines()
    theirs = node.do("home", "ann", "--json").splitlines()
    assert restored[0:1] != []
    assert theirs[-len(restored):] == restored  # fmt: skip
    assert "not empty" in cli("restore", backup, "--data", other).stderr
    done("restore", backup, "--data", other, "--force")
    assert "in use: stop the node first" in cli("restore", backup, "--data", node.folder, "--force").stderr


def _uploaded(node: Process, *pictures: bytes) -> list[str]:
    """The addresses of pictures that ann uploads and posts."""
    token = node.do("token", "ann")
    said = {"Authorization": f"Bearer {token}"}
    urls = []
    for data in pictures:
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + data + b"\r\n--x--\r\n"
        asked = http.client.HTTPConnection("127.0.0.1", node.port, timeout=30)
        asked.request("POST", "/api/v2/media", body, {**said, "Content-Type": "multipart/form-data; boundary=x"})
        told = json.loads(asked.getresponse().read())
        asked.request("POST", "/api/v1/statuses", f"status=look&media_ids[]={told['id']}",
                      {**said, "Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
        assert asked.getresponse().status == 200
        asked.close()
        urls.append(told["url"])
    return urls


def test_a_backup_holds_what_people_uploaded_and_not_what_others_show(node: Process, tmp_path: Path) -> None:
    node.start()
    node.do("person", "add", "ann")
    first, second = _uploaded(node, a_picture(size=(90, 90)), a_picture("PNG"))
    stray = node.folder / "media" / "kept" / "aa" / "aaaaaaaaaaaaaaaa.jpg"
    cached = node.folder / "media" / "cache" / "bb" / "bbbbbbbbbbbbbbbb.jpg"
    for each in (stray, cached):
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_text("not ours")
    wanted = {url: node.get(url.removeprefix(node.origin)) for url in (first, second)}
    gone = second.rpartition("/")[2]
    backup = tmp_path / "backup.tar"
    node.do("backup", str(backup))
    (node.folder / "media" / "kept" / gone[:2] / gone).unlink()
    node.do("backup", str(tmp_path / "second.tar"))

    other = Process(tmp_path / "other")
    other.port = node.port
    node.stop()
    done("restore", backup, "--data", other.folder)
    files = [path.name for path in (other.folder / "media").rglob("*") if path.is_file()]
    assert len(files) == 4
    assert stray.name not in files
    assert cached.name not in files
    try:
        other.start()
        for url, (status, body) in wanted.items():
            assert (status, other.get(url.removeprefix(other.origin))) == (200, (status, body))
        other.stop()
    finally:
        other.end()
    done("restore", tmp_path / "second.tar", "--data", other.folder, "--force")
    assert len([path for path in (other.folder / "media").rglob("*") if path.is_file()]) == 3
    assert sorted(path.name for path in other.folder.iterdir() if path.name.startswith("restore")) == []


def test_a_backup_whose_pictures_are_damaged_is_refused(node: Process, tmp_path: Path) -> None:
    node.start()
    node.do("person", "add", "ann")
    _uploaded(node, a_picture())
    backup = tmp_path / "backup.tar"
    node.do("backup", str(backup))
    whole = backup.read_bytes()
    with tarfile.open(backup) as tar:
        inside = next(member for member in tar.getmembers() if member.name.startswith("media/")).offset_data + 50
        sums = tar.getmember("media.json")
    backup.write_bytes(whole[:inside] + bytes([whole[inside] ^ 1]) + whole[inside + 1 :])
    result = cli("restore", backup, "--data", tmp_path / "other")
    assert (result.returncode, "is damaged" in result.stderr) == (1, True)
    evil = whole[sums.offset_data : sums.offset_data + sums.size].replace(b'{"', b'{"../x', 1)
    with tarfile.open(backup, "w") as tar, tarfile.open(fileobj=io.BytesIO(whole)) as old:
        for member in old.getmembers():
            data = evil if member.name == "media.json" else old.extractfile(member).read()  # type: ignore[union-attr]
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    result = cli("restore", backup, "--data", tmp_path / "other")
    assert (result.returncode, "other files than a node's" in result.stderr) == (1, True)
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["lock"]


def test_a_damaged_backup_is_refused(node: Process, tmp_path: Path) -> None:
    node.do("person", "add", "ann")
    backup = tmp_path / "backup.tar"
    node.do("backup", str(backup))
    whole = backup.read_bytes()
    with tarfile.open(backup) as tar:
        inside = tar.getmember("scattershot.sqlite").offset_data
    for damaged in (whole[: len(whole) // 2], b"not a tar at all", whole[:inside] + b"X" + whole[inside + 1 :]):
        backup.write_bytes(damaged)
        result = cli("restore", backup, "--data", tmp_path / "other")
        assert result.returncode == 1
        assert "backup" in result.stderr
        assert "Traceback" not in result.stderr
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["lock"]


def test_a_stuck_node_is_told_apart_from_none(node: Process) -> None:
    node.start()
    node.do("person", "add", "ann")
    assert node.process is not None
    os.kill(node.process.pid, signal.SIGSTOP)
    try:
        result = cli("home", "ann", "--data", node.folder)
    finally:
        os.kill(node.process.pid, signal.SIGCONT)
    assert (result.returncode, result.stderr) == (1, "Error: The node runs and does not answer; see its log.\n")


def test_the_demo_shows_a_post_on_three_nodes_and_leaves_nothing(tmp_path: Path) -> None:
    told = subprocess.run(
        [*PROGRAM, "demo", "--quick"],
        env=ENVIRONMENT | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("on all three nodes after") == 3
    assert told.stdout.count("/welcome/") == 3
    assert list(tmp_path.iterdir()) == []
