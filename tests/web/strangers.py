"""Strangers, each of whom puts one trick everywhere where others can read it."""

from typing import Any

import msgspec
from msgspec import structs

from scattershot.app.filters import Filters, Wanted, WantedKeyword
from scattershot.app.lists import Lists
from scattershot.app.programs import Consent
from scattershot.domain.announcement import Span
from scattershot.domain.change import Boosted, FollowAnswered, Followed, Liked, Posted, Reported
from scattershot.domain.ids import MicroblogId, Millis, PersonId
from scattershot.domain.microblog import Emoji, Field
from scattershot.domain.node import HostRule, Standing
from scattershot.domain.post import Attachment, Audience, Mention, Option, Poll, Post
from scattershot.domain.preview import Preview
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import people, previews, second_factors, sign_ups
from scattershot.wirekit.html import clean_html
from scattershot.wirekit.mastodon_csv import File
from tests.web.stage import BLOCKS, PASSWORD, Stage

HIT = "window.hit=1"
TRICKS = (
    f"<script>{HIT}</script>",
    f'"><img src=x onerror="{HIT}">',
    f"'><svg/onload='{HIT}'>",
    f"javascript:{HIT}//",
    f'" onmouseover="{HIT}" autofocus onfocus="{HIT}" x="',
    f"</title><script>{HIT}</script>",
    f"</textarea><script>{HIT}</script>",
    f'<a href="java\tscript:{HIT}">a</a>',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{HIT}">',
    '<iframe srcdoc="<script>top.hit=1</script>"></iframe>',
    f'<form action="javascript:{HIT}"><input name=token><button>x</button></form>',
    '<style>body{display:none}</style><link rel=stylesheet href="https://evil.example/x.css">',
    '<meta http-equiv=refresh content="0;url=https://evil.example/">',
    "{{ 7*7 }}{% raw %}{{ token }}",
    "\u202e\u2066:x: &lt;script&gt; &#x3C;script&#x3E;",
    "data:text/html,<script>window.hit=1</script>",
)
FAR = "https://evil.example"


async def stranger(stage: Stage, number: int, trick: str) -> None:
    emojis = (Emoji("x", trick), Emoji("y", f'{FAR}/y.png"{trick}'))
    who = await stage.elsewhere(
        f"s{number}", "evil.example", display_name=f"{trick} :x: :y:", bio=clean_html(f"<p>{trick}</p>"), url=trick,
        avatar=trick, header=f"{FAR}/h.png?{trick}", fields=(Field(trick, clean_html(trick)),), emojis=emojis,
    )  # fmt: skip
    ann = await stage.node.timelines.named("ann")
    assert ann is not None
    found = await stage.node.discover.known(who.value)
    assert found is not None
    assert found.microblog is not None
    await stage.follow(ann.id, found.microblog)
    await stage.apply(FollowAnswered(actor=who, follower=ann.profile.id, accepted=True))
    await stage.apply(Followed(actor=who, target=ann.profile.id))
    now = stage.node.drivers.clock.now()
    plain: dict[str, Any] = {"author": who, "published": Millis(now - number), "audience": Audience.PUBLIC}
    full = Post(
        id=WireId(ACTIVITYPUB, f"{FAR}/p/{number}"), html=clean_html(f"<p>@ann {trick} :x:</p>"), url=trick,
        title=trick, warning=trick if number % 2 else "", language=trick[:20], emojis=emojis, tags=("tricks",),
        mentions=(Mention(ann.profile.id, trick, trick),),
        attachments=(
            Attachment(trick, "image/png", trick),
            Attachment(f'{FAR}/x.png"{trick}', "image/png", trick, 10, 10),
            Attachment(f"{FAR}/x.mp4", "video/mp4", trick, thumbnail=trick),
            Attachment(trick, "application/pdf", trick),
        ),
        poll=Poll((Option(trick, 1), Option(f"{trick}2", 2)), ends=Millis(1 << 60)), **plain,
    )  # fmt: skip
    await stage.apply(Posted(actor=who, post=full))
    await stage.apply(Boosted(actor=who, post=full.id, at=now))
    answer = Post(id=WireId(ACTIVITYPUB, f"{FAR}/a/{number}"), html=clean_html(trick), reply_to=full.id, **plain)
    await stage.apply(Posted(actor=who, post=answer))
    await _preview(stage, f"{FAR}/a/{number}", trick)
    mine = await stage.say(ann.id, f"Number {number}.")
    for emoji in (trick[:64], ":x:"):
        await stage.apply(
            Liked(actor=who, post=WireId(ACTIVITYPUB, f"{stage.origin}/p/{mine}"), emoji=emoji, picture=trick)
        )


async def _preview(stage: Stage, url: str, trick: str) -> None:
    """The post links to a page that puts the trick into everything it says of itself."""
    found = await stage.node.discover.known(url)
    assert found is not None
    assert found.post is not None
    post = found.post
    page = Preview(url=trick, title=trick, about=trick, author=trick, provider=trick, image=trick, image_alt=trick)
    if not trick.startswith(("javascript:", "data:")):
        page = structs.replace(page, url=f"{FAR}/{trick}", image=f"{FAR}/{trick}.png")

    def work(tx: Transaction) -> None:
        now = stage.node.drivers.clock.now()
        number = previews.want(tx, f"{url}/page", now, now)
        asked = previews.Wanted(number, f"{url}/page", "", 0)
        previews.put(tx, asked, msgspec.json.encode(page).decode(), now)
        previews.attach(tx, post, number)

    await stage.node.drivers.database.write(work)


async def around(stage: Stage) -> None:
    """Rita, who runs the node and keeps all of them away, and what they bring her: complaints, wishes to come in,
    programs and lists with a trick in each; her own words bear some too, for somebody may have talked her into them."""
    node = stage.node
    made = await node.people.add("rita", password=PASSWORD, admin=True)
    assert not isinstance(made, Refused)
    person, rita = made
    for number, trick in enumerate(TRICKS):
        found = await node.discover.known(f"{FAR}/users/s{number}")
        assert found is not None
        assert found.microblog is not None
        if number % 2:
            await node.publisher.mute(rita, found.microblog, None)
        else:
            await node.publisher.block(rita, found.microblog, "test")
        who = WireId(ACTIVITYPUB, f"{FAR}/users/s{number}")
        ann = await node.timelines.named("ann")
        assert ann is not None
        targets = (ann.profile.id, WireId(ACTIVITYPUB, f"{FAR}/users/s{(number + 1) % len(TRICKS)}"))
        await stage.apply(
            Reported(
                actor=who,
                id=WireId(ACTIVITYPUB, f"{FAR}/r/{number}"),
                targets=targets,
                posts=(WireId(ACTIVITYPUB, f"{FAR}/p/{(number + 1) % len(TRICKS)}"),),
                comment=trick,
            )
        )
        await node.dealing.judge(
            HostRule(f"h{number}.example", Standing.LIMITED, public_comment=trick, private_comment=trick)
        )
        await node.house_rules.add(trick, trick)
        await _program(stage, trick, person, rita)
        keyword = WantedKeyword(text=trick)
        await Filters(node.drivers.database, node.drivers.clock).make(rita, Wanted(title=trick, keywords=(keyword,)))
        await node.drivers.database.write(lambda tx, n=number, said=trick: _wishes(tx, n, said))
        await Lists(node.drivers.database).make(rita, trick)
    number = await node.followed_lists.follow(stage.blocks, by_itself=False)
    assert isinstance(number, int)
    BLOCKS.extend(f'h.example,suspend,"{trick.replace(chr(34), chr(34) * 2)}"\n"{trick}"' for trick in TRICKS)
    await node.followed_lists.read_now(number)
    del BLOCKS[-len(TRICKS) :]
    for trick in TRICKS[:8]:
        await node.announcements.add(trick, Span())
    await node.importing.take(rita, File.FOLLOWING, "\n".join(TRICKS).encode(), overwrite=False)


def _wishes(tx: Transaction, number: int, trick: str) -> None:
    """Somebody would sign up, which is not open here."""
    now = Millis(0)
    sign_ups.apply(tx, sign_ups.Applicant(0, f"wisher{number}", "no hash", trick, trick, now))


async def name_passkeys(stage: Stage, name: str) -> None:
    """Whoever is called so has passkeys that are called like tricks, and signs in by a link no more."""

    def work(tx: Transaction) -> None:
        person = people.by_name(tx, name)
        assert person is not None
        for number, trick in enumerate(TRICKS):
            key = second_factors.Passkey(0, b"%d" % number, b"key", 0, trick, Millis(0), None)
            second_factors.add_passkey(tx, person.id, key)

    await stage.node.drivers.database.write(work)


async def _program(stage: Stage, trick: str, person: PersonId, microblog: MicroblogId) -> None:
    """A program called so may act for her."""
    programs = stage.node.programs
    site = f"{FAR}/{trick}"
    made = await programs.register(trick[:60], ["urn:ietf:wg:oauth:2.0:oob"], "read", site)
    if isinstance(made, Refused):  # no address, then
        made = await programs.register(trick[:60], ["urn:ietf:wg:oauth:2.0:oob"], "read")
    assert not isinstance(made, Refused), made
    program = made.program
    code = await programs.grant(Consent(program, "urn:ietf:wg:oauth:2.0:oob", ("read",), ""), person, microblog)
    assert isinstance(code, str)
    await programs.exchange(program.client_id, made.secret, code, "urn:ietf:wg:oauth:2.0:oob", "")
