"""Who is believed about what: the origin model of FEP-fe34, attack by attack."""

from typing import Any

import msgspec
import pytest

from scattershot.domain.change import Posted, ProfileChanged
from scattershot.domain.post import Audience
from scattershot.domain.reading import Changes, Needs, Reading, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.to_changes import read_activity

AT = 1_800_000_000_000
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ANN, EVE = "https://a.example/users/ann", "https://evil.example/users/eve"


def _named(address: str) -> WireId:
    return WireId(ACTIVITYPUB, address)


def _note(author: str = ANN, **more: Any) -> dict[str, Any]:
    return {"id": f"{author}/1", "type": "Note", "attributedTo": author, "content": "x", "to": [PUBLIC]} | more


def _create(author: str = ANN, **more: Any) -> dict[str, Any]:
    return {"id": f"{author}/1/create", "type": "Create", "actor": author, "object": _note(author)} | more


def _read(activity: dict[str, Any], sender: str | None, *, proven: bool = False) -> Reading:
    who = _named(sender) if sender else None
    return read_activity(msgspec.json.encode(activity), who, "evil.example", proven=proven, at=AT)


def _why(reading: Reading) -> str:
    assert isinstance(reading, Refused), reading
    return reading.why


def test_a_post_passed_on_by_another_is_fetched_from_its_author() -> None:
    assert _read(_create(), EVE) == Needs((_named(f"{ANN}/1"),))
    assert _read(_create(), None) == Needs((_named(f"{ANN}/1"),))


def test_a_post_that_carries_its_authors_proof_is_believed_by_whatever_way_it_came() -> None:
    assert isinstance(_read(_create(), EVE, proven=True), Changes)


def test_a_deletion_passed_on_by_another_is_looked_up() -> None:
    gone = {"id": f"{ANN}/1#d", "type": "Delete", "actor": ANN, "object": {"id": f"{ANN}/1", "type": "Tombstone"}}
    assert _read(gone, EVE) == Needs((_named(f"{ANN}/1"),))
    assert _read({**gone, "object": ANN}, None) == Needs((_named(ANN),))


def test_a_boost_passed_on_by_another_is_looked_up_and_one_without_an_id_refused() -> None:
    boost = {"id": f"{ANN}/b", "type": "Announce", "actor": ANN, "object": f"{EVE}/1", "to": [PUBLIC]}
    assert _read(boost, EVE) == Needs((_named(f"{ANN}/b"),))
    del boost["id"]
    assert _why(_read(boost, EVE)) == "not_the_sender"


@pytest.mark.parametrize("kind", ["Follow", "Like", "Block", "Undo", "Accept", "Reject", "Move", "Flag", "Add"])
def test_nobody_speaks_in_anothers_name(kind: str) -> None:
    assert _why(_read({"id": f"{ANN}/x", "type": kind, "actor": ANN, "object": EVE}, EVE)) == "not_the_sender"


def test_an_activity_may_not_take_an_id_on_another_host() -> None:
    assert _why(_read(_create(EVE, id=f"{ANN}/1/create"), EVE)) == "other_origin"


def test_an_embedded_post_of_another_host_is_fetched_from_there() -> None:
    assert _read(_create(EVE, object=_note(ANN)), EVE) == Needs((_named(f"{ANN}/1"),))
    assert _read(_create(EVE, type="Update", object=_note(ANN)), EVE) == Needs((_named(f"{ANN}/1"),))


def test_a_neighbour_on_the_same_host_is_not_the_author() -> None:
    neighbour = "https://a.example/users/mallory"
    assert _why(_read(_create(neighbour, object=_note(ANN)), neighbour)) == "not_the_author"
    assert _why(_read(_create(neighbour, type="Update", object=_note(ANN)), neighbour)) == "not_the_author"


def test_a_post_may_not_be_attributed_to_somebody_elsewhere() -> None:
    assert _why(_read(_create(EVE, object=_note(EVE, attributedTo=ANN)), EVE)) == "not_the_author"


def test_another_port_or_scheme_is_another_origin() -> None:
    for other in ("https://a.example:8443/users/ann/1", "http://a.example/users/ann/1"):
        assert _read(_create(object=_note(id=other)), ANN) == Needs((_named(other),))


def test_a_default_port_and_capitals_are_the_same_origin() -> None:
    assert isinstance(_read(_create(object=_note(id="https://A.example:443/users/ann/1")), ANN), Changes)


def test_a_profile_may_only_be_told_by_its_own_actor() -> None:
    actor = {"id": ANN, "type": "Person", "preferredUsername": "ann", "inbox": f"{ANN}/inbox"}
    update = {"id": f"{ANN}/u", "type": "Update", "actor": ANN, "object": actor}
    assert isinstance(_read(update, ANN), Changes)
    mallory = "https://a.example/users/mallory"
    assert _why(_read({**update, "actor": mallory, "id": f"{mallory}/u"}, mallory)) == "not_the_author"
    assert _read({**update, "actor": EVE, "id": f"{EVE}/u"}, EVE) == Needs((_named(ANN),))


def test_a_deletion_of_what_lies_elsewhere_is_refused() -> None:
    assert _why(_read({"type": "Delete", "actor": EVE, "object": f"{ANN}/1"}, EVE)) == "other_origin"
    assert _why(_read({"type": "Delete", "actor": EVE, "object": ANN}, EVE)) == "other_origin"


def test_only_ones_own_deeds_are_undone() -> None:
    follow = {"id": f"{ANN}/f", "type": "Follow", "actor": ANN, "object": "https://ours.example/u/1"}
    assert _why(_read({"type": "Undo", "actor": EVE, "object": follow}, EVE)) == "other_origin"
    assert _why(_read({"type": "Undo", "actor": EVE, "object": f"{ANN}/f"}, EVE)) == "other_origin"
    nameless = {"type": "Follow", "actor": ANN, "object": "https://ours.example/u/1"}
    assert _why(_read({"type": "Undo", "actor": EVE, "object": nameless}, EVE)) == "not_the_author"


def test_only_who_was_to_be_followed_answers() -> None:
    follow = {"id": "https://ours.example/c/1", "type": "Follow", "actor": "https://ours.example/u/1", "object": ANN}
    assert _why(_read({"type": "Accept", "actor": EVE, "object": follow}, EVE)) == "not_the_author"


def test_only_oneself_moves() -> None:
    move = {"type": "Move", "actor": EVE, "object": ANN, "target": EVE}
    assert _why(_read(move, EVE)) == "not_the_author"


def test_a_boost_of_an_embedded_post_takes_only_its_id() -> None:
    boost = {"id": f"{EVE}/b", "type": "Announce", "actor": EVE, "to": [PUBLIC], "object": _note(ANN, content="forged")}
    reading = _read(boost, EVE)
    assert isinstance(reading, Changes)
    assert b"forged" not in msgspec.json.encode(reading.changes)


def test_an_activity_cannot_widen_the_audience_of_its_object() -> None:
    reading = _read(_create(to=[PUBLIC], object=_note(to=[f"{ANN}/followers"])), ANN)
    assert isinstance(reading, Changes)
    (change,) = reading.changes
    assert isinstance(change, Posted)
    assert change.post.audience is Audience.FOLLOWERS


def test_the_audience_of_the_activity_counts_where_the_object_has_none() -> None:
    note = _note()
    del note["to"]
    reading = _read(_create(cc=["Public"], object=note), ANN)
    assert isinstance(reading, Changes)
    (change,) = reading.changes
    assert isinstance(change, Posted)
    assert change.post.audience is Audience.UNLISTED


def test_whose_followers_they_are_matters() -> None:
    reading = _read(_create(object=_note(to=[f"{EVE}/followers"])), ANN)
    assert isinstance(reading, Changes)
    (change,) = reading.changes
    assert isinstance(change, Posted)
    assert change.post.audience is Audience.MENTIONED
    assert change.post.addressed == ()


def test_hidden_addressees_are_read_too() -> None:
    reading = _read(_create(object=_note(to=[], bto=["https://ours.example/u/1"], bcc="https://ours.example/u/2")), ANN)
    assert isinstance(reading, Changes)
    (change,) = reading.changes
    assert isinstance(change, Posted)
    assert [other.value for other in change.post.addressed] == ["https://ours.example/u/1", "https://ours.example/u/2"]


def test_a_post_from_the_future_was_written_when_it_was_heard() -> None:
    reading = _read(_create(object=_note(published="2099-01-01T00:00:00Z")), ANN)
    assert isinstance(reading, Changes)
    (change,) = reading.changes
    assert isinstance(change, Posted)
    assert change.post.published == AT


@pytest.mark.parametrize("word", ["@graph", "@included", "@reverse"])
def test_what_hides_other_statements_from_plain_readers_is_refused(word: str) -> None:
    assert _why(_read({**_create(), word: []}, ANN)) == "ld_trick"


@pytest.mark.parametrize("address", ["", "ftp://a.example/1", "javascript:x", "https://u:p@a.example/1",
                                     "https://a.example/ 1", "https://a.example/" + "x" * 2048, 7, {}])  # fmt: skip
def test_what_is_no_address_is_no_object(address: object) -> None:
    assert _why(_read({"type": "Like", "actor": ANN, "object": address}, ANN)) == "no_object"


@pytest.mark.parametrize("inbox", ["https://victim.example/inbox", "ftp://a.example/inbox", None])
def test_an_inbox_elsewhere_makes_no_profile(inbox: str | None) -> None:
    actor = {"id": ANN, "type": "Person", "preferredUsername": "ann", "inbox": inbox}
    assert _why(_read({"type": "Update", "actor": ANN, "object": actor}, ANN)) == "bad_profile"


def test_a_shared_inbox_and_keys_elsewhere_are_left_out() -> None:
    pem = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"
    actor = {
        "id": ANN, "type": "Person", "preferredUsername": "ann", "inbox": f"{ANN}/inbox",
        "endpoints": {"sharedInbox": "https://victim.example/inbox"}, "followers": "https://victim.example/followers",
        "publicKey": [{"id": f"{EVE}#main-key", "owner": ANN, "publicKeyPem": pem},
                      {"id": f"{ANN}#main-key", "owner": EVE, "publicKeyPem": pem},
                      {"id": f"{ANN}#second", "owner": ANN, "publicKeyPem": pem}],
    }  # fmt: skip
    reading = _read({"type": "Update", "actor": ANN, "object": actor}, ANN)
    assert isinstance(reading, Changes)
    (change,) = reading.changes
    assert isinstance(change, ProfileChanged)
    assert change.profile.doors == {"inbox": f"{ANN}/inbox"}
    assert [key.id for key in change.profile.keys] == [f"{ANN}#second"]


def test_lists_without_end_are_cut() -> None:
    tags = [{"type": "Mention", "href": f"https://b.example/{n}"} for n in range(2000)]
    options = [{"type": "Note", "name": str(n)} for n in range(2000)]
    pictures = [{"type": "Image", "url": f"https://b.example/{n}"} for n in range(2000)]
    to = [f"https://b.example/{n}" for n in range(5000)]
    note = _note(type="Question", tag=tags, oneOf=options, attachment=pictures, to=to)
    reading = _read(_create(object=note), ANN)
    assert isinstance(reading, Changes)
    (change,) = reading.changes
    assert isinstance(change, Posted)
    assert change.post.poll is not None
    counts = len(change.post.mentions), len(change.post.poll.options), len(change.post.attachments)
    assert counts == (256, 500, 32)
    assert len(change.post.addressed) <= 1000
