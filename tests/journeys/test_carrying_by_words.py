"""The command line takes along and brings in; a node that is killed in the middle goes on where it was."""

import json
import zipfile
from pathlib import Path

from tests.processes import Process, cli, until


def following(node: Process, name: str) -> set[str]:
    return set(node.do("following", name).split())


def test_what_ann_has_at_one_node_is_brought_to_another_by_words(a: Process, tmp_path: Path) -> None:
    for name in ("ann", "bob", "new"):
        a.do("person", "add", name)
    a.start()
    a.do("follow", "ann", "bob")
    a.do("post", "ann", "hello")
    a.do("export", "ann", "--to", str(tmp_path / "out"))
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"following_accounts.csv", "lists.csv", "archive.zip"} <= names
    with zipfile.ZipFile(tmp_path / "out" / "archive.zip") as archive:
        assert json.loads(archive.read("outbox.json"))["totalItems"] == 1
    again = cli("export", "ann", "--to", tmp_path / "out", "--data", a.folder)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert [file.name for file in (a.folder / "media" / "aside").glob("*")] == []

    file = str(tmp_path / "out" / "following_accounts.csv")
    a.stop()
    assert a.do("import", "new", "following", file) == "0 of 1 lines done, 0 failed."
    a.start()
    until(lambda: following(a, "new") == following(a, "ann"), "taken over as soon as the node runs")
    assert a.do("import", "new", "following", file, "--overwrite") == "1 of 1 lines done, 0 failed."
    assert not list(a.folder.glob("import-*"))


def test_an_import_goes_on_after_a_kill(a: Process, b: Process, tmp_path: Path) -> None:
    a.do("person", "add", "ann")
    for number in range(8):
        b.do("person", "add", f"p{number}")
    a.start()
    b.start()
    file = tmp_path / "following.csv"
    file.write_text("".join(f"{b.handle(f'p{number}').removeprefix('@')}\n" for number in range(8)))
    a.kill()
    assert a.do("import", "ann", "following", str(file)).startswith("0 of 8")
    a.start()
    until(lambda: len(following(a, "ann")) >= 2, "it began")
    assert len(following(a, "ann")) < 8
    a.kill()
    a.start()
    until(lambda: len(following(a, "ann")) == 8, "all of them", 30.0)
