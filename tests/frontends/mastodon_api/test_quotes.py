"""Quotes by app: made, shown in every state, listed, taken back, answered; and who may quote and answer."""

from typing import Any

import msgspec
import pytest

from scattershot.domain.post import Audience
from scattershot.frontends.mastodon_api.entities.quote import InteractionRequest
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village

STATUSES = "/api/v1/statuses"


async def post(phone: Phone, text: str = "bread", **more: Any) -> Any:
    return (await phone.post(STATUSES, {"status": text, **more})).body


def is_status(body: Any) -> None:
    """That it is what the entity says, in every field."""
    msgspec.convert(body, Status)


async def test_a_quote_of_somebody_here_is_shown_with_what_it_quotes(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    first = await post(ann)
    quoting = await post(bob, "so it is", quoted_status_id=first["id"])
    is_status(quoting)
    assert quoting["quote"]["state"] == "accepted"
    assert quoting["quote"]["quoted_status"]["content"] == "<p>bread</p>"
    assert quoting["quote"]["quoted_status"]["account"]["acct"] == "ann"
    is_status(quoting["quote"]["quoted_status"])
    assert quoting["content"].startswith('<p class="quote-inline">RE: <a href="https://a.example/@ann/')
    shown = await ann.get(f"{STATUSES}/{first['id']}")
    assert (shown["quotes_count"], shown["quote"]) == (1, None)
    [listed] = (await ann.get(f"{STATUSES}/{first['id']}/quotes")).body
    assert listed["id"] == quoting["id"]
    for stranger in (await house.stranger().get(f"{STATUSES}/{quoting['id']}"),):
        assert stranger["quote"]["quoted_status"]["id"] == first["id"]
        is_status(stranger.body)


async def test_a_quote_within_a_quote_is_told_by_its_id(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    first = await post(ann)
    second = await post(bob, quoted_status_id=first["id"])
    third = await post(ann, quoted_status_id=second["id"])
    within = third["quote"]["quoted_status"]["quote"]
    assert within == {"state": "accepted", "quoted_status_id": first["id"]}


async def test_a_boost_of_a_quote_shows_it_too(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    first = await post(ann)
    second = await post(bob, quoted_status_id=first["id"])
    boost = (await ann.post(f"{STATUSES}/{second['id']}/reblog")).body
    is_status(boost)
    assert boost["quote"] is None
    assert boost["reblog"]["quote"]["quoted_status"]["id"] == first["id"]


async def test_what_is_taken_back_shows_no_more(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    first = await post(ann)
    quoting = await post(bob, quoted_status_id=first["id"])
    path = f"{STATUSES}/{first['id']}/quotes/{quoting['id']}/revoke"
    await bob.post(path, status=404)
    revoked = await ann.post(path)
    assert revoked["quote"] == {"state": "revoked", "quoted_status": None}
    shown = await bob.get(f"{STATUSES}/{first['id']}")
    assert shown["quotes_count"] == 0
    assert (await ann.get(f"{STATUSES}/{first['id']}/quotes")).body == []
    assert (await ann.post(path))["quote"]["state"] == "revoked"
    await ann.post(f"{STATUSES}/{quoting['id']}/quotes/{first['id']}/revoke", status=404)


async def test_states_that_depend_on_who_looks(house: House) -> None:
    for name in ("carol", "dora"):
        await house.person(name)
    ann, bob, carol, dora = [await house.phone(name) for name in ("ann", "bob", "carol", "dora")]
    first = await post(ann)
    quoting = await post(bob, quoted_status_id=first["id"])
    me, her, them = [(await house.row(name)).id for name in ("carol", "ann", "dora")]
    house.done(await house.node.publisher.block(me, her, "test"))
    await house.node.publisher.mute(them, her, None)
    await house.follow("dora", "bob")
    await house.node.step()
    blocked = (await carol.get(f"{STATUSES}/{quoting['id']}"))["quote"]
    assert (blocked["state"], blocked["quoted_status"]["id"]) == ("blocked_account", first["id"])
    [home] = (await dora.get("/api/v1/timelines/home")).body
    assert home["quote"]["state"] == "muted_account"
    house.done(await house.node.publisher.block(her, them, "test"))
    hidden = (await dora.get(f"{STATUSES}/{quoting['id']}"))["quote"]
    assert hidden == {"state": "unauthorized", "quoted_status": None}


async def test_a_deleted_post_leaves_a_quote_without_it(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    first = await post(ann)
    quoting = await post(bob, quoted_status_id=first["id"])
    await ann.delete(f"{STATUSES}/{first['id']}")
    assert (await bob.get(f"{STATUSES}/{quoting['id']}"))["quote"] == {"state": "deleted", "quoted_status": None}


@pytest.mark.parametrize(
    ("policy", "automatic", "as_bob"),
    [
        (None, ["public"], "automatic"),
        ("public", ["public"], "automatic"),
        ("followers", ["followers"], "denied"),
        ("nobody", [], "denied"),
    ],
)
async def test_who_may_quote_is_said(house: House, policy: str | None, automatic: list[str], as_bob: str) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    made = await post(ann, quote_approval_policy=policy)
    assert made["quote_approval"] == {"automatic": automatic, "manual": [], "current_user": "automatic"}
    path = f"{STATUSES}/{made['id']}"
    assert (await bob.get(path))["quote_approval"]["current_user"] == as_bob
    assert (await house.stranger().get(path))["quote_approval"]["current_user"] == "denied"
    quoting = await bob.post(
        STATUSES, {"status": "!", "quoted_status_id": made["id"]}, status=200 if as_bob == "automatic" else 422
    )
    if as_bob == "denied":
        assert quoting["error"] == "Its author does not let you quote this post."
    if policy == "followers":
        await house.follow("bob", "ann")
        await house.node.step()
        assert (await bob.get(path))["quote_approval"]["current_user"] == "automatic"
        assert (await post(bob, quoted_status_id=made["id"]))["quote"]["state"] == "accepted"


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_is_for_a_few_is_quoted_by_its_author_alone(house: House, visibility: str) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    await house.follow("bob", "ann")
    await house.node.step()
    made = await post(ann, "only @bob", visibility=visibility, quote_approval_policy="public")
    assert made["quote_approval"]["automatic"] == []
    said = {"status": "! @ann", "quoted_status_id": made["id"], "visibility": visibility}
    await bob.post(STATUSES, said, status=422)
    await ann.post(STATUSES, {**said, "visibility": "public"}, status=422)
    mine = await ann.post(STATUSES, said)
    assert mine["quote"]["state"] == "accepted"


async def test_what_one_may_not_see_is_not_there_to_be_quoted(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    made = await post(ann, "only me", visibility="direct")
    for number in (made["id"], "1", "nonsense", "99999999999999999999999"):
        await bob.post(STATUSES, {"status": "!", "quoted_status_id": number}, status=404)
    await bob.get(f"{STATUSES}/{made['id']}/quotes", status=404)
    await house.stranger().get(f"{STATUSES}/{made['id']}/quotes", status=401)


async def test_the_policy_of_a_post_is_altered(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    made = await post(ann)
    path = f"{STATUSES}/{made['id']}/interaction_policy"
    changed = await ann.put(path, {"quote_approval_policy": "nobody"})
    assert changed["quote_approval"]["automatic"] == []
    assert changed["edited_at"] is None
    await bob.put(path, {"quote_approval_policy": "public"}, status=404)
    await ann.put(path, {"quote_approval_policy": "martians"}, status=422)
    await ann.put(path, {}, status=422)
    await bob.post(STATUSES, {"status": "!", "quoted_status_id": made["id"]}, status=422)


# Who may answer


async def test_whoever_is_not_let_answer_is_told_so_whatever_it_did_with_the_post(house: House) -> None:
    bob = await house.phone("bob")
    who, name = (await house.row("bob")).id, {"can_reply": {"always": ["author"]}}
    for text, expected in (("nobody", False), ("@bob of course", True)):
        made = await post(await house.phone("ann"), text, interaction_policy=name)
        for deed in ("", "favourite", "reblog"):
            if deed:
                await bob.post(f"{STATUSES}/{made['id']}/{deed}")
            item = await house.node.timelines.item(int(made["id"]), who)
            assert item is not None
            assert item.may_reply is expected
        await bob.post(STATUSES, {"status": "but", "in_reply_to_id": made["id"]}, status=200 if expected else 422)


@pytest.mark.parametrize("spelling", ["always", "automatic_approval"])
async def test_who_may_answer_is_said_and_held_to(house: House, spelling: str) -> None:
    await house.person("carol")
    ann, bob, carol = await house.phone("ann"), await house.phone("bob"), await house.phone("carol")
    await house.follow("carol", "ann")
    await house.node.step()
    fields = [("status", "friends only"), (f"interaction_policy[can_reply][{spelling}][]", "followers")]
    made = (await ann.form("POST", STATUSES, fields)).body
    is_status(made)
    assert made["interaction_policy"]["can_reply"]["always"] == ["author", "followers", "mentioned"]
    assert made["interaction_policy"]["can_favourite"]["always"] == ["public"]
    refused = await bob.post(STATUSES, {"status": "but", "in_reply_to_id": made["id"]}, status=422)
    assert refused["error"] == "Its author does not let you answer this post."
    await carol.post(STATUSES, {"status": "aye", "in_reply_to_id": made["id"]})
    await ann.post(STATUSES, {"status": "indeed", "in_reply_to_id": made["id"]})


@pytest.mark.parametrize(
    "policy",
    [
        {"can_reply": {"with_approval": ["public"]}},
        {"can_reply": {"always": ["martians"]}},
        {"can_favourite": {"always": ["followers"]}},
        {"can_reblog": {"always": []}},
        {"can_quote": {"manual_approval": ["javascript:alert(1)"]}},
    ],
)
async def test_what_cannot_be_had_is_refused_in_words(house: House, policy: dict[str, Any]) -> None:
    ann = await house.phone("ann")
    refused = await ann.post(STATUSES, {"status": "x", "interaction_policy": policy}, status=422)
    assert refused["error"].startswith("Validation failed: can_")
    assert (await ann.get("/api/v1/timelines/home")).body == []


async def test_a_list_that_is_none_is_refused(house: House) -> None:
    ann = await house.phone("ann")
    await ann.post(STATUSES, {"status": "x", "interaction_policy": "all"}, status=422)
    await ann.post(STATUSES, {"status": "x", "interaction_policy": {"can_reply": 7}}, status=422)


# Answers that wait


async def test_a_quote_that_waits_is_listed_and_answered(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    made = await post(ann, interaction_policy={"can_quote": {"with_approval": ["public"]}})
    assert made["quote_approval"] == {"automatic": [], "manual": ["public"], "current_user": "automatic"}
    assert (await bob.get(f"{STATUSES}/{made['id']}"))["quote_approval"]["current_user"] == "manual"
    wish, other = [await post(bob, text, quoted_status_id=made["id"]) for text in ("may I?", "and I?")]
    assert wish["quote"] == {"state": "pending", "quoted_status": None}
    waiting = (await ann.get("/api/v1/interaction_requests")).body
    assert [each["id"] for each in waiting] == [other["id"], wish["id"]]
    msgspec.convert(waiting, list[InteractionRequest])
    assert waiting[1]["status"]["id"] == made["id"]
    assert waiting[1]["account"]["acct"] == "bob"
    assert (await bob.get("/api/v1/interaction_requests")).body == []
    one = f"/api/v1/interaction_requests/{wish['id']}"
    await bob.get(one, status=404)
    assert (await ann.get(one))["quote"]["id"] == wish["id"]
    answered = await ann.post(f"{one}/authorize")
    assert answered["accepted_at"] is not None
    assert answered["quote"]["quote"]["state"] == "accepted"
    await ann.post(f"{one}/authorize", status=404)
    refused = await ann.post(f"/api/v1/interaction_requests/{other['id']}/reject")
    assert refused["rejected_at"] is not None
    assert (await bob.get(f"{STATUSES}/{other['id']}"))["quote"]["state"] == "rejected"
    assert (await ann.get("/api/v1/interaction_requests")).body == []


# Across nodes


async def test_a_quote_of_another_node_is_pending_and_then_accepted(village: Village, house: House) -> None:
    far = await village.house("b.example")
    await far.person("cy")
    await house.follow("ann", "@cy@b.example")
    await village.settle()
    theirs = await far.post("cy", "bread")
    await village.settle()
    known = await house.seen(await far.wire_id(theirs))
    assert known is not None
    ann = await house.phone("ann")
    quoting = await post(ann, "aye", quoted_status_id=str(known.id))
    assert quoting["quote"] == {"state": "pending", "quoted_status": None}
    await village.settle()
    shown = await ann.get(f"{STATUSES}/{quoting['id']}")
    assert shown["quote"]["state"] == "accepted"
    assert shown["quote"]["quoted_status"]["account"]["acct"] == "cy@b.example"


# For this node alone


async def test_a_post_may_be_for_this_node_alone(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    for said in ({"local_only": True}, {"visibility": "local"}, {"local_only": "true", "visibility": "public"}):
        made = await post(ann, **said)
        assert made["local_only"] is True
        assert (await bob.get(f"{STATUSES}/{made['id']}"))["local_only"] is True
        await house.stranger().get(f"{STATUSES}/{made['id']}", status=404)
        await bob.post(f"{STATUSES}/{made['id']}/reblog", status=422)
    row = await house.seen((await post(ann, visibility="local"))["uri"])
    assert row is not None
    assert row.audience is Audience.LOCAL


async def test_what_an_author_prefers_holds_where_an_app_says_nothing(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    preferred = {"source": {"quote_policy": "nobody"}}
    await ann.patch("/api/v1/accounts/update_credentials", preferred)
    made = await post(ann)
    assert made["quote_approval"] == {"automatic": [], "manual": [], "current_user": "automatic"}
    assert (await bob.get(f"{STATUSES}/{made['id']}"))["quote_approval"]["current_user"] == "denied"
    await bob.post(STATUSES, {"status": "ha", "quoted_status_id": made["id"]}, status=422)
    said = await post(ann, quote_approval_policy="public")
    assert said["quote_approval"]["automatic"] == ["public"]
    policy = {"can_quote": {"automatic_approval": ["followers"]}}
    assert (await post(ann, interaction_policy=policy))["quote_approval"]["automatic"] == ["followers"]
    edited = await ann.put(f"{STATUSES}/{said['id']}", {"status": "otherwise"})
    assert edited["quote_approval"]["automatic"] == ["public"], "an edit that says nothing leaves it as it is"
