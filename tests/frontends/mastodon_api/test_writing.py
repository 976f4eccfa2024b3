"""Writing by app: Markdown, polls, edits and their history, posts sent twice, scheduled posts and drafts."""

from typing import Any

import pytest

from scattershot.testing.village import House, Village
from scattershot.wirekit.dates import rfc3339


async def test_markdown_is_marked_up_and_kept_as_typed(house: House) -> None:
    ann = await house.phone("ann")
    made = await ann.post("/api/v1/statuses", {"status": "**Hi** @bob", "content_type": "text/markdown"})
    assert made["content"].startswith("<p><strong>Hi</strong> ")
    assert [each["acct"] for each in made["mentions"]] == ["bob"]
    source = await ann.get(f"/api/v1/statuses/{made['id']}/source")
    assert source["text"] == "**Hi** @bob"
    assert source["content_type"] == "text/markdown"
    await ann.post("/api/v1/statuses", {"status": "x", "content_type": "text/rtf"}, status=422)


async def test_a_post_sent_twice_is_made_once(house: House) -> None:
    ann = await house.phone("ann")
    first = await ann.post("/api/v1/statuses", {"status": "once"}, idempotency_key="k")
    second = await ann.post("/api/v1/statuses", {"status": "once"}, idempotency_key="k")
    third = await ann.post("/api/v1/statuses", {"status": "once"}, idempotency_key="other")
    assert first["id"] == second["id"] != third["id"]
    bob = await house.phone("bob")
    assert (await bob.post("/api/v1/statuses", {"status": "mine"}, idempotency_key="k"))["account"]["acct"] == "bob"


async def test_an_edit_is_seen_with_what_was_before(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    made = await ann.post("/api/v1/statuses", {"status": "frist"})
    village.clock.advance(10)
    edited = await ann.put(f"/api/v1/statuses/{made['id']}", {"status": "first", "spoiler_text": "mended"})
    assert edited["content"] == "<p>first</p>"
    assert edited["edited_at"] is not None
    history = (await house.stranger().get(f"/api/v1/statuses/{made['id']}/history")).body
    assert [each["content"] for each in history] == ["<p>frist</p>", "<p>first</p>"]
    assert history[0]["created_at"] == made["created_at"]
    assert history[1]["created_at"] == edited["edited_at"]
    bob = await house.phone("bob")
    await bob.put(f"/api/v1/statuses/{made['id']}", {"status": "mine now"}, status=404)


async def test_a_deleted_post_comes_back_as_it_was_typed(house: House) -> None:
    ann = await house.phone("ann")
    made = await ann.post("/api/v1/statuses", {"status": "to be *redone*", "content_type": "text/markdown"})
    assert (await ann.delete(f"/api/v1/statuses/{made['id']}"))["text"] == "to be *redone*"


POLL = {"status": "which?", "poll": {"options": ["tea", "coffee"], "expires_in": 600}}


async def test_a_poll_is_asked_answered_and_over(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    poll = (await ann.post("/api/v1/statuses", POLL))["poll"]
    assert poll["own_votes"] == []
    assert poll["voted"] is True
    voted = await bob.post(f"/api/v1/polls/{poll['id']}/votes", {"choices": [1]})
    assert voted["own_votes"] == [1]
    assert [option["votes_count"] for option in voted["options"]] == [0, 1]
    assert "voted" not in (await house.stranger().get(f"/api/v1/polls/{poll['id']}")).body
    village.clock.advance(601)
    assert (await bob.get(f"/api/v1/polls/{poll['id']}"))["expired"] is True


async def test_totals_are_hidden_until_the_end_where_the_author_wants_it(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    asked = {**POLL, "poll": {**POLL["poll"], "hide_totals": True}}  # type: ignore[dict-item]
    poll = (await ann.post("/api/v1/statuses", asked))["poll"]
    voted = await bob.post(f"/api/v1/polls/{poll['id']}/votes", {"choices": ["0"]})
    assert [option["votes_count"] for option in voted["options"]] == [None, None]
    village.clock.advance(601)
    over = await bob.get(f"/api/v1/polls/{poll['id']}")
    assert [option["votes_count"] for option in over["options"]] == [1, 0]


@pytest.mark.parametrize(
    ("choices", "who"), [([], "bob"), ([2], "bob"), ([-1], "bob"), ([0, 1], "bob"), ([0], "ann"), (["tea"], "bob")]
)
async def test_votes_that_do_not_count(house: House, choices: list[Any], who: str) -> None:
    ann = await house.phone("ann")
    poll = (await ann.post("/api/v1/statuses", POLL))["poll"]
    phone = await house.phone(who)
    assert (await phone.post(f"/api/v1/polls/{poll['id']}/votes", {"choices": choices}, status=422))["error"]


async def test_nobody_votes_twice(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    poll = (await ann.post("/api/v1/statuses", POLL))["poll"]
    await bob.post(f"/api/v1/polls/{poll['id']}/votes", {"choices": [0]})
    heard = await bob.post(f"/api/v1/polls/{poll['id']}/votes", {"choices": [1]}, status=422)
    assert "already voted" in heard["error"]


async def test_another_question_is_counted_anew(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    made = await ann.post("/api/v1/statuses", POLL)
    await bob.post(f"/api/v1/polls/{made['id']}/votes", {"choices": [0]})
    same = await ann.put(f"/api/v1/statuses/{made['id']}", {**POLL, "status": "which now?"})
    assert same["poll"]["votes_count"] == 1
    other = await ann.put(
        f"/api/v1/statuses/{made['id']}", {"status": "or?", "poll": {"options": ["a", "b"], "expires_in": 600}}
    )
    assert other["poll"]["votes_count"] == 0
    assert (await bob.get(f"/api/v1/polls/{made['id']}"))["voted"] is False


@pytest.mark.parametrize(
    "poll",
    [
        {"options": ["one"], "expires_in": 600},
        {"options": ["a", "a"], "expires_in": 600},
        {"options": ["a", ""], "expires_in": 600},
        {"options": ["a", "b" * 101], "expires_in": 600},
        {"options": [str(n) for n in range(11)], "expires_in": 600},
        {"options": ["a", "b"], "expires_in": 10},
        {"options": ["a", "b"], "expires_in": 10_000_000},
    ],
)
async def test_polls_that_cannot_be_asked(house: House, poll: dict[str, Any]) -> None:
    ann = await house.phone("ann")
    assert (await ann.post("/api/v1/statuses", {"status": "?", "poll": poll}, status=422))["error"]


async def test_an_empty_poll_is_none(house: House) -> None:
    ann = await house.phone("ann")
    made = await ann.form("POST", "/api/v1/statuses", [("status", "no poll"), ("poll[options][]", "")])
    assert made["poll"] is None


async def test_a_scheduled_post_is_made_at_its_moment(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    at = rfc3339(village.clock.now() + 600_000)
    kept = await ann.post("/api/v1/statuses", {**POLL, "scheduled_at": at, "visibility": "unlisted"})
    assert kept["scheduled_at"] == at
    assert kept["params"]["text"] == "which?"
    assert kept["params"]["visibility"] == "unlisted"
    assert (await ann.get("/api/v1/scheduled_statuses")).body == [kept.body]
    await village.settle()
    assert (await ann.get("/api/v1/timelines/home")).body == []
    village.clock.advance(601)
    await village.settle()
    [made] = (await ann.get("/api/v1/timelines/home")).body
    assert made["content"] == "<p>which?</p>"
    assert made["poll"]["expired"] is False
    assert (await ann.get("/api/v1/scheduled_statuses")).body == []


async def test_a_scheduled_post_can_wait_longer_or_be_dropped(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    at = rfc3339(village.clock.now() + 600_000)
    kept = await ann.post("/api/v1/statuses", {"status": "later", "scheduled_at": at})
    one = f"/api/v1/scheduled_statuses/{kept['id']}"
    later = rfc3339(village.clock.now() + 6_000_000)
    await bob.put(one, {"scheduled_at": later}, status=404)
    await bob.delete(one, status=404)
    assert (await ann.put(one, {"scheduled_at": later}))["scheduled_at"] == later
    await ann.put(one, {"scheduled_at": rfc3339(village.clock.now() + 1_000)}, status=422)
    await ann.put(one, {"scheduled_at": "soon"}, status=422)
    await ann.delete(one)
    await ann.get(one, status=404)
    village.clock.advance(10_000)
    await village.settle()
    assert (await ann.get("/api/v1/timelines/home")).body == []


async def test_too_soon_is_refused(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    at = rfc3339(village.clock.now() + 60_000)
    assert "5 minutes" in (await ann.post("/api/v1/statuses", {"status": "x", "scheduled_at": at}, status=422))["error"]


async def test_a_scheduled_post_that_cannot_be_made_stays_as_a_draft(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    asked = await bob.post("/api/v1/statuses", {"status": "?"})
    at = rfc3339(village.clock.now() + 600_000)
    await ann.post("/api/v1/statuses", {"status": "!", "in_reply_to_id": asked["id"], "scheduled_at": at})
    await bob.delete(f"/api/v1/statuses/{asked['id']}")
    village.clock.advance(601)
    await village.settle()
    [draft] = (await ann.get("/api/v1/scattershot/drafts")).body
    assert draft["params"]["text"] == "!"


async def test_drafts_are_kept_on_the_node(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    kept = await ann.post("/api/v1/scattershot/drafts", {"status": "not yet", "language": "en"})
    one = f"/api/v1/scattershot/drafts/{kept['id']}"
    await bob.get(one, status=404)
    assert (await ann.put(one, {"status": "nearly"}))["params"]["text"] == "nearly"
    assert [each["id"] for each in (await ann.get("/api/v1/scattershot/drafts")).body] == [kept["id"]]
    await ann.get(f"/api/v1/scheduled_statuses/{kept['id']}", status=404)
    await ann.delete(one)
    await ann.get(one, status=404)


async def test_many_posts_are_asked_for_at_once(house: House) -> None:
    ann = await house.phone("ann")
    ids = [str(await house.post("ann", f"number {number}")) for number in range(3)]
    found = await ann.get("/api/v1/statuses", {"id[]": [ids[2], "nonsense", "12", ids[0]]})
    assert [each["id"] for each in found.body] == [ids[2], ids[0]]


async def test_a_thread_from_elsewhere_is_being_fetched(village: Village, house: House) -> None:
    other = await village.house("b.example")
    await other.person("bea")
    await house.follow("ann", "bea@b.example")
    await village.settle()
    post = await other.post("bea", "far away")
    await village.settle()
    ann = await house.phone("ann")
    [seen] = (await ann.get("/api/v1/timelines/home")).body
    around = await ann.get(f"/api/v1/statuses/{seen['id']}/context")
    told = around.headers.get("mastodon-async-refresh") or ""
    name = told.partition('id="')[2].partition('"')[0]
    assert told.endswith("retry=3")
    assert (await ann.get(f"/api/v1_alpha/async_refreshes/{name}"))["async_refresh"]["status"] == "running"
    await village.settle()
    assert (await ann.get(f"/api/v1_alpha/async_refreshes/{name}"))["async_refresh"]["status"] == "finished"
    await ann.get("/api/v1_alpha/async_refreshes/nonsense", status=404)
    assert post
