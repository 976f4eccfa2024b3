"""toot, the command line: signed in by a code that is typed, it posts, reads, follows, searches and deletes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mastodon.clients.nodes import Someone, until
from tests.mastodon.clients.pictures import a_picture

pytest.importorskip("toot")
SECONDS = 60


class Toot:
    """The program with a settings folder of its own."""

    def __init__(self, settings: Path) -> None:
        self._environment = {**os.environ, "XDG_CONFIG_HOME": str(settings), "NO_COLOR": "1"}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Run it beside us, to be talked with."""
        return subprocess.Popen(
            [sys.executable, "-m", "toot", *words], env=self._environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *words: str, status: int = 0) -> str:
        """Run it to its end; what it said."""
        run = subprocess.run(
            [sys.executable, "-m", "toot", *words], env=self._environment, text=True, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=SECONDS,
        )  # fmt: skip
        assert run.returncode == status, run.stdout + run.stderr
        return run.stdout if status == 0 else run.stderr

    def json(self, *words: str) -> Any:
        """Run it and read the JSON it printed."""
        return json.loads(self.run(*words, "--json"))


def sign_in(toot: Toot, who: Someone) -> str:
    """What `toot login` says when its address is opened in a browser, and the code of the page is typed into it."""
    login = toot.start("login", "--instance", who.node.origin)
    assert login.stdin is not None
    assert login.stdout is not None
    address = next(line.strip() for line in login.stdout if line.startswith(f"{who.node.origin}/oauth/authorize"))
    said, _ = login.communicate(f"n\n{who.authorise(address)}\n", timeout=SECONDS)
    assert login.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def toot(ann: Someone, tmp_path_factory: pytest.TempPathFactory) -> Toot:
    toot = Toot(tmp_path_factory.mktemp("toot"))
    assert "Successfully logged in" in sign_in(toot, ann)
    return toot


def test_it_knows_where_it_is(toot: Toot, ann: Someone) -> None:
    assert ann.node.origin.removeprefix("http://") in toot.run("instance")


def test_it_posts_reads_and_deletes(toot: Toot) -> None:
    first = toot.json("post", "First of a thread", "--spoiler-text", "A thread", "--visibility", "unlisted")
    asks = ("--poll-option", "yes", "--poll-option", "no", "--poll-expires-in", "1h")
    second = toot.json("post", "Second of a thread", "--reply-to", first["id"], *asks)
    assert second["in_reply_to_id"] == first["id"]
    assert [each["title"] for each in second["poll"]["options"]] == ["yes", "no"]
    thread = toot.run("thread", second["id"])
    assert thread.index("First of a thread") < thread.index("Second of a thread")
    until(lambda: "Second of a thread" in toot.run("timelines", "home", "--limit", "5", "--no-pager"), "home")
    toot.run("delete", second["id"])
    assert "Record not found" in toot.run("status", second["id"], status=1)


def test_it_posts_a_picture(toot: Toot, tmp_path: Path) -> None:
    picture = tmp_path / "teal.png"
    picture.write_bytes(a_picture())
    posted = toot.json("post", "Look", "--media", str(picture), "--description", "All teal")
    assert [(each["type"], each["description"]) for each in posted["media_attachments"]] == [("image", "All teal")]


def test_it_follows_across_nodes_and_is_told(toot: Toot, ann: Someone, bob: Someone) -> None:
    assert "you are now following" in toot.run("follow", bob.handle).lower()
    until(lambda: bob.name in toot.run("following"), "bob's node says yes")
    bob.node.do("post", bob.name, "From the other side")
    until(lambda: "From the other side" in toot.run("timelines", "home", "--limit", "5", "--no-pager"), "bob's post")
    bob.node.do("follow", bob.name, ann.handle)
    until(lambda: "follow" in toot.run("notifications").lower(), "ann is told")
    toot.run("unfollow", bob.handle)


def test_it_likes_boosts_bookmarks_and_finds(toot: Toot) -> None:
    post = toot.json("post", "A rare quokka #marsupials")["id"]
    assert toot.json("favourite", post)["favourited"]
    assert toot.json("bookmark", post)["bookmarked"]
    assert toot.json("reblog", post)["reblog"]["id"] == post
    assert "quokka" in toot.run("bookmarks")
    assert "marsupials" in toot.run("search", "marsup", "--type", "hashtags")
    assert post in toot.run("search", "quokka", "--type", "statuses")
