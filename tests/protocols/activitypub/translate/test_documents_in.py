"""Fetched documents: believed only at their own address, and pages only for their own author."""

from typing import Any

import msgspec
import pytest

from scattershot.domain.change import Boosted, Deleted, Posted, ProfileChanged, Vanished
from scattershot.domain.microblog import Profile, VerifyKey, Voice
from scattershot.domain.post import Form, Post
from scattershot.domain.reading import Changes, Ignored, Needs, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.documents_in import (
    FoundKey,
    Items,
    collection_items,
    read_document,
    read_key,
    read_page,
)

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ANN = "https://a.example/users/ann"
PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n"
ED25519 = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
NOTE = {"id": f"{ANN}/1", "type": "Note", "attributedTo": ANN, "content": "<p>hi</p>", "to": PUBLIC,
        "published": "2026-11-20T10:11:12Z"}  # fmt: skip
ACTOR = {"id": ANN, "type": "Person", "preferredUsername": "ann", "inbox": f"{ANN}/inbox"}


def _named(address: str) -> WireId:
    return WireId(ACTIVITYPUB, address)


def _bytes(document: Any) -> bytes:
    return msgspec.json.encode(document)


def _fetched(document: dict[str, Any], url: str = "", **more: Any) -> Any:
    reading = read_document(_bytes(document), url or document["id"], **more)
    assert isinstance(reading, Changes), reading
    return reading.changes[0]


def _profile(**more: Any) -> Profile:
    change = _fetched(ACTOR | more)
    assert isinstance(change, ProfileChanged)
    return change.profile


def _post(**more: Any) -> Post:
    change = _fetched(NOTE | more)
    assert isinstance(change, Posted)
    return change.post


def test_a_fetched_post_is_its_authors() -> None:
    assert _post().author == _named(ANN)
    assert _post(attributedTo=[{"type": "Person", "id": ANN}]).author == _named(ANN)


def test_a_document_elsewhere_than_its_id_is_fetched_from_there() -> None:
    assert read_document(_bytes(NOTE), "https://evil.example/1") == Needs((_named(f"{ANN}/1"),))
    assert read_document(_bytes(NOTE), "https://a.example/@ann/1") == Needs((_named(f"{ANN}/1"),))


def test_a_fragment_and_the_spelling_of_the_host_make_no_other_address() -> None:
    assert isinstance(read_document(_bytes(NOTE), f"https://A.EXAMPLE:443/users/ann/1#x"), Changes)  # noqa: F541


def test_a_post_attributed_to_another_host_is_refused() -> None:
    reading = read_document(_bytes(NOTE | {"attributedTo": "https://b.example/u"}), f"{ANN}/1")
    assert reading == Refused("other_origin", f"{ANN}/1")
    nobody = {name: value for name, value in NOTE.items() if name != "attributedTo"}
    assert read_document(_bytes(nobody), f"{ANN}/1") == Refused("no_author", f"{ANN}/1")


def test_a_changed_document_has_another_name_so_that_it_is_applied_again() -> None:
    first = read_document(_bytes(NOTE), f"{ANN}/1")
    again = read_document(_bytes(NOTE | {"content": "new"}), f"{ANN}/1")
    assert isinstance(first, Changes)
    assert isinstance(again, Changes)
    assert first.name != again.name
    assert first == read_document(_bytes(NOTE), f"{ANN}/1")


def test_a_fetched_activity_is_read_as_what_it_tells() -> None:
    create = {"id": f"{ANN}/1/activity", "type": "Create", "actor": ANN, "object": NOTE}
    assert isinstance(_fetched(create), Posted)
    boost = {
        "id": f"{ANN}/2/activity",
        "type": "Announce",
        "actor": ANN,
        "to": [PUBLIC],
        "object": "https://b.example/1",
    }
    assert isinstance(_fetched(boost), Boosted)
    foreign = boost | {"actor": "https://b.example/u"}
    assert isinstance(read_document(_bytes(foreign), boost["id"]), Refused)  # type: ignore[arg-type]
    like = boost | {"type": "Like"}
    assert isinstance(read_document(_bytes(like), boost["id"]), Refused)  # type: ignore[arg-type]


def test_a_tombstone_is_a_deletion_by_whoever_is_known_to_have_written() -> None:
    tombstone = {"id": f"{ANN}/1", "type": "Tombstone"}
    assert _fetched(tombstone, author=_named(ANN)) == Deleted(actor=_named(ANN), post=_named(f"{ANN}/1"))
    assert _fetched(tombstone) == Deleted(actor=_named(f"{ANN}/1"), post=_named(f"{ANN}/1"))
    stranger = _named("https://b.example/u")
    assert _fetched(tombstone, author=stranger) == Deleted(actor=_named(f"{ANN}/1"), post=_named(f"{ANN}/1"))
    assert _fetched({"id": ANN, "type": "Tombstone", "formerType": "Person"}) == Vanished(actor=_named(ANN))


def test_a_profile_with_all_its_parts() -> None:
    profile = _profile(
        type="Service", name="Ann \u202eevil\u0000", summary="<p>hi<script>x</script></p>", published="2020-01-01",
        url=[{"type": "Link", "mediaType": "text/html", "href": "https://a.example/@ann"}],
        icon=[{"type": "Image", "url": [{"href": "https://a.example/a.png"}]}], image="https://a.example/h.png",
        attachment=[{"type": "PropertyValue", "name": "home", "value": '<a href="https://x.example/">x</a>'},
                    {"type": "Image", "url": "https://a.example/x.png"}],
        endpoints={"sharedInbox": "https://a.example/inbox"}, outbox=f"{ANN}/outbox", followers=f"{ANN}/followers",
        manuallyApprovesFollowers=True, discoverable="true", memorial=True, alsoKnownAs="https://old.example/ann",
        movedTo="https://new.example/ann", webfinger="ann@names.example", featured=f"{ANN}/featured",
        tag={"type": "Emoji", "name": ":x:", "icon": {"url": "https://a.example/x.png"}},
    )  # fmt: skip
    assert (profile.name, profile.domain, profile.voice) == ("ann", "names.example", Voice.SERVICE)
    assert (profile.display_name, profile.bio) == ("Ann evil", "<p>hi</p>")
    assert (profile.url, profile.avatar, profile.header) == (
        "https://a.example/@ann", "https://a.example/a.png", "https://a.example/h.png")  # fmt: skip
    assert [line.name for line in profile.fields] == ["home"]
    assert profile.doors == {
        "inbox": f"{ANN}/inbox", "outbox": f"{ANN}/outbox", "followers": f"{ANN}/followers",
        "featured": f"{ANN}/featured", "shared_inbox": "https://a.example/inbox",
    }  # fmt: skip
    assert profile.locked
    assert profile.discoverable
    assert profile.memorial
    assert not profile.indexable
    assert (profile.also_known_as, profile.moved_to) == (("https://old.example/ann",), "https://new.example/ann")
    assert [emoji.shortcode for emoji in profile.emojis] == ["x"]


@pytest.mark.parametrize("name", ["", "a b", "@", "a/b", "x" * 65, None, 7, "a@b.example"])
def test_an_actor_whose_name_nobody_can_type_is_refused(name: object) -> None:
    reading = read_document(_bytes(ACTOR | {"preferredUsername": name}), ANN)
    assert isinstance(reading, Refused)
    assert reading.why == "bad_profile"


def test_a_name_on_a_host_with_a_port_keeps_the_port() -> None:
    this = "http://127.0.0.1:8080/"
    change = _fetched({"id": this, "type": "Person", "preferredUsername": "dev", "inbox": f"{this}inbox"})
    assert change.profile.handle == ("dev", "127.0.0.1:8080")


def test_both_sorts_of_keys_are_found() -> None:
    profile = _profile(
        publicKey={"id": f"{ANN}/main-key", "owner": ANN, "publicKeyPem": PEM},
        assertionMethod=[{"id": f"{ANN}#ed", "type": "Multikey", "controller": ANN, "publicKeyMultibase": ED25519},
                         {"id": f"{ANN}#p", "type": "Multikey", "controller": ANN, "publicKeyMultibase": "z1" * 20},
                         f"{ANN}#elsewhere"],
    )  # fmt: skip
    assert profile.keys == (VerifyKey(f"{ANN}/main-key", "rsa", PEM), VerifyKey(f"{ANN}#ed", "ed25519", ED25519))


def test_a_key_is_found_in_an_actor_in_gotosocials_stub_and_alone() -> None:
    key = {"id": f"{ANN}#main-key", "owner": ANN, "publicKeyPem": PEM}
    expected = FoundKey(f"{ANN}#main-key", ANN, PEM, "rsa")
    assert read_key(_bytes(ACTOR | {"publicKey": key}), f"{ANN}#main-key") == expected
    stub = {"id": ANN, "type": "Person", "preferredUsername": "ann",
            "publicKey": {"id": f"{ANN}/main-key", "owner": ANN, "publicKeyPem": PEM}}  # fmt: skip
    assert read_key(_bytes(stub), f"{ANN}/main-key") == FoundKey(f"{ANN}/main-key", ANN, PEM, "rsa")
    alone = {"id": f"{ANN}/main-key", "owner": ANN, "publicKeyPem": PEM}
    assert read_key(_bytes(alone), f"{ANN}/main-key") == FoundKey(f"{ANN}/main-key", ANN, PEM, "rsa")


def test_a_key_of_another_name_owner_or_host_is_not_found() -> None:
    key = {"id": f"{ANN}#main-key", "owner": ANN, "publicKeyPem": PEM}
    assert read_key(_bytes(ACTOR | {"publicKey": key}), "https://evil.example/#main-key") is None
    assert (
        read_key(_bytes(ACTOR | {"publicKey": key | {"owner": "https://a.example/users/eve"}}), f"{ANN}#main-key")
        is None
    )
    alone = {"id": f"{ANN}/main-key", "owner": "https://b.example/u", "publicKeyPem": PEM}
    assert read_key(_bytes(alone), f"{ANN}/main-key") is None
    two = [key, key | {"id": f"{ANN}#second"}]
    assert read_key(_bytes(ACTOR | {"publicKey": two}), f"{ANN}#third") is None
    assert read_key(b"no", f"{ANN}#main-key") is None


def test_a_page_of_an_outbox_tells_only_of_its_author() -> None:
    other = "https://a.example/users/other"
    items = [
        {"id": f"{ANN}/1/activity", "type": "Create", "actor": ANN, "object": NOTE},
        {"id": f"{ANN}/2/activity", "type": "Announce", "actor": ANN, "object": "https://b.example/1", "to": [PUBLIC]},
        f"{ANN}/3/activity",
        {"id": f"{other}/4", "type": "Create", "actor": other, "object": NOTE},
        {"id": "https://b.example/5", "type": "Note", "attributedTo": ANN, "content": "forged"},
        NOTE,
        {"id": f"{ANN}/6", "type": "Like", "actor": ANN, "object": "https://b.example/1"},
        None,
    ]
    page = {"id": f"{ANN}/outbox?page=1", "type": "OrderedCollectionPage", "orderedItems": items,
            "next": f"{ANN}/outbox?page=2"}  # fmt: skip
    found = read_page(_bytes(page), f"{ANN}/outbox?page=1", _named(ANN))
    kinds = [type(reading) for reading in found.readings]
    assert kinds == [Changes, Changes, Needs, Refused, Refused, Changes, Ignored, Refused]
    assert found.next == f"{ANN}/outbox?page=2"


def test_an_outbox_names_or_holds_its_first_page() -> None:
    outbox = {"id": f"{ANN}/outbox", "type": "OrderedCollection", "totalItems": 1, "first": f"{ANN}/outbox?page=1"}
    assert read_page(_bytes(outbox), f"{ANN}/outbox", _named(ANN)) == ((), f"{ANN}/outbox?page=1")
    held = outbox | {"first": {"type": "OrderedCollectionPage", "orderedItems": [NOTE], "next": f"{ANN}/outbox?page=2"}}
    found = read_page(_bytes(held), f"{ANN}/outbox", _named(ANN))
    assert (len(found.readings), found.next) == (1, f"{ANN}/outbox?page=2")


def test_a_page_never_leads_to_itself_or_to_another_host() -> None:
    page = {"type": "OrderedCollectionPage", "orderedItems": [NOTE], "next": f"{ANN}/outbox"}
    assert read_page(_bytes(page), f"{ANN}/outbox", _named(ANN)).next is None
    away = page | {"next": "https://victim.example/"}
    assert read_page(_bytes(away), f"{ANN}/outbox", _named(ANN)).next is None
    strange = read_page(_bytes(page), "https://evil.example/outbox", _named(ANN))
    assert [reading.why for reading in strange.readings if isinstance(reading, Refused)] == ["other_origin"]


def test_a_collection_gives_its_ids_and_where_to_go_on() -> None:
    replies = {
        "id": f"{ANN}/1/replies",
        "type": "Collection",
        "totalItems": "5",
        "first": {"type": "CollectionPage", "items": [f"{ANN}/2", NOTE, f"{ANN}/2", 7], "next": f"{ANN}/r?2"},
    }
    assert collection_items(_bytes(replies)) == Items((f"{ANN}/2", f"{ANN}/1"), f"{ANN}/r?2", 5)
    assert collection_items(_bytes({"type": "Note", "items": [ANN]})) == Items((), None, 0)


def test_a_question_without_answers_is_a_note() -> None:
    assert _post(type="Question", oneOf=[]).form is Form.NOTE
    assert _post(type="Question", oneOf=[{"name": "a"}], closed=True, endTime="2026-11-21T00:00:00Z").poll is not None
