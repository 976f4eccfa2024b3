"""One's own microblog: how it presents itself, what it prefers, and the tags on its page."""

import re

from msgspec import Struct
from msgspec.structs import replace

from scattershot.app.featuring import Featuring
from scattershot.app.items import Face
from scattershot.app.media import Media
from scattershot.app.presenting import Presenting
from scattershot.app.receiving import Receiving
from scattershot.app.rosters import Rosters
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.microblog import Profile, Voice
from scattershot.domain.preferences import Preferences
from scattershot.domain.presentation import Presentation, problem_of, typed_bio, typed_lines
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.bodies import MAX_BODY
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, refused
from scattershot.frontends.mastodon_api.composing import AUDIENCES
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities import people as entities
from scattershot.frontends.mastodon_api.entities.account import CredentialAccount, Field, Role, Source
from scattershot.frontends.mastodon_api.params import BadParameter, Nothing
from scattershot.frontends.mastodon_api.people_as_json import (
    PRIVACY,
    QUOTE_POLICY,
    featured_tag,
    preferences,
    suggested_tag,
)
from scattershot.frontends.mastodon_api.portraits import cut
from scattershot.frontends.mastodon_api.statuses import VIA
from scattershot.wirekit.dates import rfc3339
from scattershot.wirekit.urls import normal_host

_QUOTING = {word: quoting for quoting, word in QUOTE_POLICY.items()}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


class FieldParams(Struct, frozen=True):
    """A line of a profile."""

    name: str = ""
    value: str = ""


class SourceParams(Struct, frozen=True):
    """What new posts are unless somebody says otherwise."""

    privacy: str | None = None
    sensitive: bool | None = None
    language: str | None = None
    quote_policy: str | None = None
    show_application: bool | None = None
    """Not of Mastodon's API, where it is set on a page: whether others are told by which program one writes."""


class ProfileParams(Struct, frozen=True):
    """What is to read otherwise; what is not said stays."""

    display_name: str | None = None
    note: str | None = None
    avatar: Receiving | None = None
    header: Receiving | None = None
    locked: bool | None = None
    bot: bool | None = None
    discoverable: bool | None = None
    hide_collections: bool | None = None
    indexable: bool | None = None
    attribution_domains: list[str] | None = None
    fields_attributes: list[FieldParams] | None = None
    source: SourceParams = SourceParams()


class TagParams(Struct, frozen=True):
    """A tag."""

    name: str = ""


class OwnAccount:
    """The endpoints of one's own microblog."""

    def __init__(
        self,
        timelines: Reads,
        presenting: Presenting,
        featuring: Featuring,
        rosters: Rosters,
        media: Media,
        accounts: AccountsAsJson,
    ) -> None:
        self._timelines, self._presenting = timelines, presenting
        self._featuring, self._rosters, self._media, self._accounts = featuring, rosters, media, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        own, profile, tags = "/api/v1/accounts", "/api/v1/profile", "/api/v1/featured_tags"
        reads, writes = "read:accounts", "write:accounts"
        largest = 2 * self._media.sizes.picture + MAX_BODY
        return [
            Endpoint("GET", f"{own}/verify_credentials", self._own, "profile", answers=CredentialAccount),
            Endpoint("PATCH", f"{own}/update_credentials", self._update, writes, takes=ProfileParams,
                     answers=CredentialAccount, largest=largest, media=True),
            Endpoint("GET", profile, self._profile, "profile", answers=entities.Profile),
            Endpoint("PATCH", profile, self._update_profile, writes, takes=ProfileParams, answers=entities.Profile,
                     largest=largest, media=True),
            Endpoint("DELETE", f"{profile}/avatar", self._no_avatar, writes, answers=CredentialAccount),
            Endpoint("DELETE", f"{profile}/header", self._no_header, writes, answers=CredentialAccount),
            Endpoint("GET", "/api/v1/preferences", self._preferences, reads, answers=entities.Preferences),
            Endpoint("GET", tags, self._tags, reads, answers=list[entities.FeaturedTag]),
            Endpoint("POST", tags, self._feature, writes, takes=TagParams, answers=entities.FeaturedTag),
            Endpoint("DELETE", f"{tags}/{{id}}", self._unfeature, writes, answers=entities.Empty),
            Endpoint("GET", f"{tags}/suggestions", self._used, reads, answers=list[entities.SuggestedTag]),
        ]  # fmt: skip

    # -- how it looks

    async def _own(self, call: Call, _: Nothing) -> Reply:
        face, chosen = await self._face(call), await self._featuring.preferences(call.who)
        waiting = await self._rosters.count_requests(call.who)
        profile = face.profile
        source = Source(
            privacy=PRIVACY[chosen.audience],
            sensitive=chosen.sensitive,
            language=chosen.language or None,
            note=typed_bio(profile),
            fields=_typed(profile),
            follow_requests_count=waiting,
            hide_collections=profile.hides_graph,
            discoverable=profile.discoverable,
            indexable=profile.indexable,
            attribution_domains=list(profile.attribution_domains),
            quote_policy=QUOTE_POLICY[chosen.quoting],
            show_application=chosen.names_programs,
        )
        role = Role(id="0", name="")
        return Answer(await self._timelines.read(lambda tx: self._accounts.own(tx, face, call.now, source, role)))

    async def _face(self, call: Call) -> Face:
        [face] = await self._timelines.read(lambda tx: self._timelines.faces_in(tx, [call.who]))
        return face

    async def _profile(self, call: Call, _: Nothing) -> Reply:
        face, tags = await self._face(call), await self._featuring.featured(call.who)
        profile = face.profile
        return Answer(
            entities.Profile(
                id=str(face.id),
                display_name=profile.display_name,
                note=typed_bio(profile),
                fields=_typed(profile),
                avatar=profile.avatar or None,
                avatar_static=profile.avatar or None,
                header=profile.header or None,
                header_static=profile.header or None,
                locked=profile.locked,
                bot=profile.voice is Voice.SERVICE,
                hide_collections=profile.hides_graph,
                discoverable=profile.discoverable,
                indexable=profile.indexable,
                attribution_domains=list(profile.attribution_domains),
                featured_tags=[featured_tag(tag, call.origin) for tag in tags],
            )
        )

    async def _update(self, call: Call, params: ProfileParams) -> Reply:
        return await self._change(call, params) or await self._own(call, Nothing())

    async def _update_profile(self, call: Call, params: ProfileParams) -> Reply:
        return await self._change(call, params) or await self._profile(call, Nothing())

    async def _change(self, call: Call, params: ProfileParams) -> Problem | None:
        """What kept it from being changed; everything is looked at before anything is."""
        wish, chosen = _wish(params), _chosen(params.source, await self._featuring.preferences(call.who))
        if problem := problem_of(wish):
            return Problem(422, f"Validation failed: {problem}")
        portrait = await cut(self._media, call.who, params.avatar, params.header)
        if isinstance(portrait, Refused):
            return refused(portrait)
        done = await self._presenting.change(call.who, wish._replace(**portrait._asdict()), VIA)
        if isinstance(done, Refused):
            return refused(done)
        await self._featuring.prefer(call.who, chosen)
        return None

    async def _no_avatar(self, call: Call, _: Nothing) -> Reply:
        return await self._without(call, Presentation(avatar=""))

    async def _no_header(self, call: Call, _: Nothing) -> Reply:
        return await self._without(call, Presentation(header=""))

    async def _without(self, call: Call, wish: Presentation) -> Reply:
        done = await self._presenting.change(call.who, wish, VIA)
        return refused(done) if isinstance(done, Refused) else await self._own(call, Nothing())

    async def _preferences(self, call: Call, _: Nothing) -> Reply:
        return Answer(preferences(await self._featuring.preferences(call.who)))

    # -- the tags on its page

    async def _tags(self, call: Call, _: Nothing) -> Reply:
        return Answer([featured_tag(tag, call.origin) for tag in await self._featuring.featured(call.who)])

    async def _feature(self, call: Call, params: TagParams) -> Reply:
        made = await self._featuring.feature(call.who, params.name)
        if isinstance(made, Refused):
            return Problem(422, f"Validation failed: {made.detail}")
        return Answer(featured_tag(made, call.origin))

    async def _unfeature(self, call: Call, _: Nothing) -> Reply:
        return Answer(entities.Empty()) if await self._featuring.unfeature(call.who, call.id()) else NOT_FOUND

    async def _used(self, call: Call, _: Nothing) -> Reply:
        return Answer([suggested_tag(used, call.origin) for used in await self._featuring.suggested(call.who)])


def _typed(profile: Profile) -> list[Field]:
    """The lines as they were typed, and when their links were last seen to lead back."""
    lines = zip(typed_lines(profile), profile.fields, strict=True)
    return [
        Field(name=name, value=value, verified_at=rfc3339(field.verified) if field.verified is not None else None)
        for (name, value), field in lines
    ]


def _wish(params: ProfileParams) -> Presentation:
    lines = params.fields_attributes
    return Presentation(
        display_name=params.display_name,
        bio=params.note,
        fields=tuple((line.name, line.value) for line in lines) if lines is not None else None,
        locked=params.locked,
        automated=params.bot,
        discoverable=params.discoverable,
        indexable=params.indexable,
        hides_graph=params.hide_collections,
        attribution_domains=_domains(params.attribution_domains),
    )


def _domains(typed: list[str] | None) -> tuple[str, ...] | None:
    if typed is None:
        return None
    named = {text: normal_host(text.strip().removeprefix("*.")) for text in typed if text.strip()}
    wrong = next((text for text, host in named.items() if host is None), None)
    if wrong is not None:
        raise BadParameter("attribution_domains", f"has a value that is no domain: {wrong[:100]}")
    return tuple(dict.fromkeys(host for host in named.values() if host is not None))


def _chosen(source: SourceParams, before: Preferences) -> Preferences:
    audience = AUDIENCES.get(source.privacy) if source.privacy else before.audience
    quoting = _QUOTING.get(source.quote_policy) if source.quote_policy else before.quoting
    if audience is None:
        raise BadParameter("source[privacy]", "is not included in the list")
    if quoting is None:
        raise BadParameter("source[quote_policy]", "is not included in the list")
    if source.language and not _LANGUAGE.fullmatch(source.language):
        raise BadParameter("source[language]", "is not a language")
    return replace(
        before,
        audience=audience,
        quoting=quoting,
        sensitive=before.sensitive if source.sensitive is None else source.sensitive,
        language=before.language if source.language is None else source.language,
        names_programs=before.names_programs if source.show_application is None else source.show_application,
    )
