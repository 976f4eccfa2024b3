"""Pushes: to a push service on loopback by the real client, opened by the phone; and what comes of trouble."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from scattershot.app import notifying
from scattershot.app.notifications import Notifications
from scattershot.app.programs import Programs
from scattershot.app.timelines import Timelines
from scattershot.app.web_push import Keys, Wanted, WebPush, own_key
from scattershot.domain.change import Deleted, Followed
from scattershot.domain.ids import PersonId, TokenId
from scattershot.domain.notification import Measure, Told
from scattershot.domain.post import Audience
from scattershot.domain.push import GOOD_FOR, REFUSALS_IN_A_ROW
from scattershot.domain.reading import Refused
from scattershot.drivers.http_client import HttpClient
from scattershot.frontends.mastodon_api.notification_types import TYPES
from scattershot.frontends.mastodon_api.pushes_as_json import PushesAsJson
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.storage.tables import microblogs, people, pushes, reports
from scattershot.testing.fakes import FakeFetcher
from scattershot.testing.push_phone import PushPhone, claims_of
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.app.conftest import World
from tests.app.telling import BOB, a_post_of, bob, mentioned_by

__all__ = ["bob"]

SEALING = b"s" * 32
PUSH = "push.example"


class Phone:
    """Ann with a phone: her microblog, a token, and the node's way to it."""

    def __init__(self, world: World, push: WebPush, person: PersonId, ann: microblogs.Row) -> None:
        self.world, self.push, self.person, self.ann = world, push, person, ann
        self.keys, self.token, self.number = PushPhone(), "", TokenId(0)

    async def subscribe(self, endpoint: str = f"https://{PUSH}/send/1", **wanted: Any) -> None:
        programs = Programs(self.world.database, self.world.clock)
        self.token = (await programs.issue(self.person, self.ann.id, "read push")).token
        caller = await programs.caller(self.token)
        assert caller is not None
        self.number = caller.token
        asked = {"standard": True, "alerts": frozenset(Told), "audience": "all", **wanted}
        made = await self.push.subscribe(
            self.number, self.ann.id, self.token, Wanted(endpoint, **self.keys.keys, **asked)
        )
        assert not isinstance(made, Refused), made

    async def settle(self) -> int:
        """Push until nothing is due; how many attempts that took."""
        await self.world.settle()
        tried = 0
        while now := await self.push.step():
            tried += now
        return tried

    async def waiting(self) -> int:
        return await self.world.database.read(lambda tx: int(tx.value("SELECT count(*) FROM pushes")))

    async def is_subscribed(self) -> bool:
        return await self.push.get(self.number) is not None


async def a_phone(world: World, fetcher: Fetcher, schemes: tuple[str, ...] = ("https",)) -> Phone:
    made = await world.people.add("ann", admin=True)
    assert isinstance(made, tuple)
    person, microblog = made
    row = await world.database.read(lambda tx: microblogs.get(tx, microblog))
    assert row is not None
    notifications = Notifications(world.database, world.clock, Timelines(world.database, world.clock, "here.example"))
    push = WebPush(
        world.database, world.clock, world.bus, fetcher, notifications, PushesAsJson("https://here.example", str).words,
        Keys(await own_key(world.database), SEALING), contact="mailto:boss@here.example", schemes=schemes,
    )  # fmt: skip
    return Phone(world, push, person, row)


class Service:
    """A push service without a socket."""

    def __init__(self) -> None:
        self.fetcher = FakeFetcher({PUSH: self._answer})
        self.came: list[Request] = []
        self.heard = asyncio.Event()
        self.answers: list[Response | Unreachable] = []

    def _answer(self, request: Request) -> Response | Unreachable:
        self.came.append(request)
        self.heard.set()
        return self.answers.pop(0) if self.answers else Response(201, request.url)

    def will(self, status: int, **headers: str) -> None:
        pairs = Headers((name.replace("_", "-"), value) for name, value in headers.items())
        self.answers.append(Response(status, f"https://{PUSH}/", pairs))


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def phone(world: World, service: Service) -> Phone:
    return await a_phone(world, service.fetcher)


# -- over a real socket


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[tuple[Headers, bytes]]]]:
    """A push service on loopback: its address, and what came."""
    came: list[tuple[Headers, bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                assert head[0].startswith("POST /send/")
                pairs = [line.partition(":") for line in head[1:] if line]
                headers = Headers((name.lower(), value.strip()) for name, _, value in pairs)
                came.append((headers, await reader.readexactly(int(headers.get("content-length") or 0))))
                writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/send/secret", came
    finally:
        server.close()


@pytest.mark.parametrize("standard", [True, False])
async def test_a_phone_reads_every_kind_of_notification(world: World, bob: microblogs.Row, standard: bool) -> None:
    client = HttpClient(may_dial=lambda _: True, user_agent="Scattershot/test", schemes=frozenset({"http"}))
    phone = await a_phone(world, client, ("http",))
    ann, now = phone.ann, world.clock.now()
    async with listening() as (address, came):
        await phone.subscribe(address, standard=standard)
        post = await world.post((await a_post_of(world, ann.profile, "Quack & <b>more</b>")).id)
        assert post is not None
        about = post.id

        def tell(tx: Any) -> None:
            number = reports.add(tx, bob.id, ann.id, [], "rude", now)
            for kind in (Told.FOLLOW, Told.FOLLOW_REQUEST, Told.SIGN_UP):
                notifying.tell(tx, ann.id, kind, bob.id, None, now)
            for kind in (Told.MENTION, Told.POST, Told.BOOST, Told.LIKE, Told.POLL, Told.EDIT, Told.QUOTE):
                notifying.tell(tx, ann.id, kind, bob.id, about, now)
            notifying.tell(tx, ann.id, Told.QUOTED_EDIT, bob.id, about, now)
            notifying.tell(tx, ann.id, Told.REACTION, bob.id, about, now, "🦆")
            notifying.tell(tx, ann.id, Told.REPORT, bob.id, None, now, str(number))
            notifying.note_warning(tx, ann.id, Measure.NONE, "Be kind.", [], "test", now)
            notifying.note_severance(tx, ann.id, "evil.example", [bob.id], [], now)

        await world.database.write(tell)
        assert await phone.settle() == len(Told)
    await client.close()
    read = [phone.keys.read(*each) for each in came]
    assert sorted(each["notification_type"] for each in read) == sorted(TYPES.values())
    by_type = {each["notification_type"]: each for each in read}
    assert by_type["mention"] == {
        "access_token": phone.token,
        "preferred_locale": "en",
        "notification_id": by_type["mention"]["notification_id"],
        "notification_type": "mention",
        "icon": "https://here.example/avatars/original/missing.png",
        "title": "bob mentioned you",
        "body": "Quack & more",
    }
    assert by_type["admin.report"]["body"] == "rude"
    assert by_type["moderation_warning"]["body"] == "Be kind."
    assert by_type["severed_relationships"]["body"] == "evil.example"
    assert all(isinstance(each["notification_id"], int) for each in read)
    headers, _ = came[0]
    assert headers.get("content-encoding") == ("aes128gcm" if standard else "aesgcm")
    assert (headers.get("ttl"), headers.get("urgency")) == ("172800", "normal")
    assert len({each.get("topic") for each, _ in came}) == len(Told)
    claims, public = claims_of(headers)
    assert public == phone.push.public_key
    assert claims == {
        "aud": address.removesuffix("/send/secret"),
        "exp": world.clock.now() // 1000 + 12 * 3_600,
        "sub": "mailto:boss@here.example",
    }
    assert await phone.waiting() == 0


async def test_an_address_within_is_not_dialled_and_the_subscription_ends(
    world: World, bob: microblogs.Row, service: Service
) -> None:
    from scattershot.wirekit.addresses import is_public_address

    client = HttpClient(may_dial=is_public_address, user_agent="Scattershot/test", schemes=frozenset({"http"}))
    phone = await a_phone(world, client, ("http",))
    async with listening() as (address, came):
        await phone.subscribe(address)
        for _ in range(REFUSALS_IN_A_ROW):
            await mentioned_by(world, BOB, phone.ann.profile)
            await phone.settle()
    await client.close()
    assert came == []
    assert not await phone.is_subscribed()


# -- what is pushed


async def test_only_what_was_asked_for_is_pushed(phone: Phone, bob: microblogs.Row, service: Service) -> None:
    await phone.subscribe(alerts=frozenset({Told.FOLLOW}))
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    assert await phone.settle() == 0
    await phone.world.apply(Followed(actor=BOB.id, target=phone.ann.profile.id))
    assert await phone.settle() == 1
    await phone.push.change(phone.number, frozenset({Told.MENTION}), None)
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    assert await phone.settle() == 1


@pytest.mark.parametrize(
    ("audience", "stranger", "follower"),
    [("all", 1, 1), ("none", 0, 0), ("followed", 0, 0), ("follower", 0, 1)],
)
async def test_and_only_of_those_who_were_asked_for(
    phone: Phone, bob: microblogs.Row, audience: str, stranger: int, follower: int
) -> None:
    await phone.subscribe(alerts=frozenset({Told.MENTION}), audience=audience)
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    assert await phone.settle() == stranger
    await phone.world.apply(Followed(actor=BOB.id, target=phone.ann.profile.id))
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    assert await phone.settle() == follower


async def test_what_was_taken_back_meanwhile_is_not_pushed(phone: Phone, bob: microblogs.Row, service: Service) -> None:
    await phone.subscribe()
    post = await mentioned_by(phone.world, BOB, phone.ann.profile)
    await phone.world.apply(Deleted(actor=BOB.id, post=post.id))
    await phone.settle()
    assert service.came == []
    assert await phone.waiting() == 0


async def test_a_long_text_fits_and_a_warning_hides_it(phone: Phone, bob: microblogs.Row, service: Service) -> None:
    await phone.subscribe()
    await mentioned_by(phone.world, BOB, phone.ann.profile, text="🦆" * 3_000)
    await mentioned_by(phone.world, BOB, phone.ann.profile, text="the butler did it", warning="spoiler")
    await phone.settle()
    bodies = [phone.keys.read(request.headers, request.body)["body"] for request in service.came]
    assert sorted(bodies, key=len) == ["spoiler", "🦆" * 139 + "…"]


async def test_every_message_has_a_key_and_a_salt_of_its_own(
    phone: Phone, bob: microblogs.Row, service: Service
) -> None:
    await phone.subscribe()
    for _ in range(3):
        await mentioned_by(phone.world, BOB, phone.ann.profile)
    await phone.settle()
    assert len({request.body[:86] for request in service.came}) == 3
    assert len({request.body[:16] for request in service.came}) == 3
    assert len({request.headers.get("authorization") for request in service.came}) == 1


# -- who is pushed to


async def test_a_token_has_one_subscription(phone: Phone, bob: microblogs.Row, service: Service) -> None:
    await phone.subscribe()
    wanted = Wanted(f"https://{PUSH}/send/2", **phone.keys.keys, standard=True, alerts=frozenset(Told), audience="all")
    await phone.push.subscribe(phone.number, phone.ann.id, phone.token, wanted)
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    assert await phone.settle() == 1
    assert [request.url for request in service.came] == [f"https://{PUSH}/send/2"]


async def test_nothing_is_pushed_once_the_token_or_the_person_is_good_no_more(
    phone: Phone, bob: microblogs.Row, service: Service
) -> None:
    await phone.subscribe()
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    programs = Programs(phone.world.database, phone.world.clock)
    await programs.end(phone.person, phone.number)
    assert await phone.settle() == 0
    assert not await phone.is_subscribed()
    await phone.subscribe()
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    await phone.world.database.write(lambda tx: tx.execute("UPDATE people SET disabled = TRUE"))
    assert await phone.settle() == 0
    await phone.world.database.write(lambda tx: tx.execute("UPDATE people SET disabled = FALSE"))
    await phone.world.database.write(lambda tx: tx.execute("DELETE FROM keepers"))
    assert await phone.settle() == 0
    await phone.world.database.write(lambda tx: people.remove(tx, phone.person))
    assert not await phone.is_subscribed()


async def test_a_token_is_kept_under_a_key_that_is_not_in_the_database(
    phone: Phone, bob: microblogs.Row, service: Service
) -> None:
    await phone.subscribe()
    known = await phone.push.get(phone.number)
    assert known is not None
    assert phone.token.encode() not in known.sealed
    restored = await a_phone_restored(phone, service)
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    await phone.world.settle()
    assert await restored.step() == 1
    assert phone.keys.read(service.came[0].headers, service.came[0].body)["access_token"] == ""


async def a_phone_restored(phone: Phone, service: Service) -> WebPush:
    """The node as it is after its database alone came back from a copy."""
    world = phone.world
    notifications = Notifications(world.database, world.clock, Timelines(world.database, world.clock, "here.example"))
    return WebPush(
        world.database, world.clock, world.bus, service.fetcher, notifications,
        PushesAsJson("https://here.example", str).words, Keys(await own_key(world.database), b"o" * 32),
        contact="https://here.example/",
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/1"},
        {"endpoint": "push.example/1"},
        {"endpoint": ""},
        {"endpoint": "https://user@push.example/1"},
        {"endpoint": "https://push.example/#here"},
        {"endpoint": "https://push.example/ü"},
        {"endpoint": "https://push.example/" + "x" * 3_000},
        {"p256dh": "nonsense"},
        {"auth": "c2hvcnQ"},
        {"audience": "everybody"},
    ],
)
async def test_what_cannot_be_pushed_to_is_refused(phone: Phone, wrong: dict[str, str]) -> None:
    await phone.subscribe()
    asked: dict[str, Any] = {
        "endpoint": f"https://{PUSH}/2", **phone.keys.keys, "standard": True, "alerts": frozenset(), "audience": "all",
    }  # fmt: skip
    made = await phone.push.subscribe(phone.number, phone.ann.id, phone.token, Wanted(**{**asked, **wrong}))
    assert isinstance(made, Refused)
    assert made.detail
    known = await phone.push.get(phone.number)
    assert known is not None
    assert known.endpoint == f"https://{PUSH}/send/1", "what was there stays"


# -- trouble


async def test_a_push_service_in_trouble_is_tried_again_later(
    phone: Phone, bob: microblogs.Row, service: Service
) -> None:
    await phone.subscribe()
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    service.will(503)
    service.answers.append(Unreachable("timeout", "slow"))
    service.will(429, retry_after="3600")
    assert await phone.settle() == 1
    assert await phone.settle() == 0
    phone.world.clock.advance(30)
    assert await phone.settle() == 1
    phone.world.clock.advance(60)
    assert await phone.settle() == 1
    phone.world.clock.advance(3_599)
    assert await phone.settle() == 0
    phone.world.clock.advance(2)
    assert await phone.settle() == 1
    assert await phone.waiting() == 0
    assert len(service.came) == 4
    assert len({phone.keys.read(each.headers, each.body)["notification_id"] for each in service.came}) == 1


async def test_one_in_trouble_is_not_bothered_with_every_push(
    phone: Phone, bob: microblogs.Row, service: Service
) -> None:
    await phone.subscribe()
    service.will(503)
    for _ in range(5):
        await mentioned_by(phone.world, BOB, phone.ann.profile)
    assert await phone.push.step() == 5
    assert len(service.came) <= 5
    before = len(service.came)
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    await phone.settle()
    assert len(service.came) == before, "it is let alone until its time has come"
    phone.world.clock.advance(120)
    await phone.settle()
    assert await phone.waiting() == 0


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_no_more_is_forgotten(
    phone: Phone, bob: microblogs.Row, service: Service, status: int
) -> None:
    await phone.subscribe()
    service.will(status)
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    await phone.settle()
    assert not await phone.is_subscribed()
    assert await phone.waiting() == 0


async def test_refusals_in_a_row_end_a_subscription_and_one_success_forgives_them(
    phone: Phone, bob: microblogs.Row, service: Service
) -> None:
    await phone.subscribe()
    for status in [*[403] * (REFUSALS_IN_A_ROW - 1), 201, *[400] * (REFUSALS_IN_A_ROW - 1)]:
        service.will(status)
        await mentioned_by(phone.world, BOB, phone.ann.profile)
        assert await phone.settle() == 1
        assert await phone.is_subscribed()
    service.will(413)
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    await phone.settle()
    assert not await phone.is_subscribed()


async def test_what_is_old_is_not_pushed_any_more(phone: Phone, bob: microblogs.Row, service: Service) -> None:
    await phone.subscribe()
    await mentioned_by(phone.world, BOB, phone.ann.profile)
    phone.world.clock.advance(GOOD_FOR / 1000 + 1)
    await phone.settle()
    assert service.came == []
    assert await phone.waiting() == 0


async def test_only_so_many_wait_for_one_phone(phone: Phone, bob: microblogs.Row, service: Service) -> None:
    await phone.subscribe()
    row = await phone.world.post((await mentioned_by(phone.world, BOB, phone.ann.profile)).id)
    assert row is not None
    number, now = row.id, phone.world.clock.now()

    def many(tx: Any) -> None:
        for each in range(pushes.MOST_WAITING + 10):
            notifying.tell(tx, phone.ann.id, Told.REACTION, bob.id, number, now, str(each))

    await phone.world.database.write(many)
    assert await phone.waiting() == pushes.MOST_WAITING


async def test_neither_texts_nor_addresses_nor_tokens_are_logged(
    phone: Phone, bob: microblogs.Row, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await phone.subscribe(f"https://{PUSH}/send/very-secret")
    for answer in (503, 410):
        service.will(answer)
    await mentioned_by(phone.world, BOB, phone.ann.profile, text="between us", audience=Audience.MENTIONED)
    await phone.settle()
    phone.world.clock.advance(60)
    await phone.settle()
    assert PUSH in caplog.text
    for secret in ("very-secret", "between us", phone.token):
        assert secret not in caplog.text


async def test_the_loop_pushes_when_it_is_nudged_and_when_something_falls_due(
    phone: Phone, bob: microblogs.Row, service: Service
) -> None:
    await phone.subscribe()
    running = asyncio.create_task(phone.push.run())
    try:
        await mentioned_by(phone.world, BOB, phone.ann.profile)
        phone.world.bus.nudge("push")
        async with asyncio.timeout(10):
            await service.heard.wait()
        assert len(service.came) == 1
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_nodes_key_is_made_once(world: World) -> None:
    assert await own_key(world.database) == await own_key(world.database)
