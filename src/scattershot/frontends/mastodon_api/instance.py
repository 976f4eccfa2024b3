"""The node as programs see it: what it is, what it allows, and what it can do."""

from collections.abc import Awaitable, Callable
from typing import Any

from scattershot import __version__
from scattershot.app.house_emojis import HouseEmojis
from scattershot.app.house_rules import HouseRules
from scattershot.app.livery import Livery
from scattershot.app.showing import Figures, figures
from scattershot.app.timelines import Timelines
from scattershot.domain.media import MAX_ALT, MAX_PIXELS, TAKEN
from scattershot.domain.microblog import parse_handle
from scattershot.frontends.mastodon_api.accounts_as_json import MISSING_HEADER
from scattershot.frontends.mastodon_api.calls import Answer, Call, Reply
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.account import CustomEmoji
from scattershot.frontends.mastodon_api.entities.instance import ExtendedDescription, Instance, InstanceV1, Rule
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.settings import Settings
from scattershot.wirekit.dates import rfc3339
from scattershot.wirekit.html import as_html

MASTODON = "4.5.0"
"""The version whose API this is, for programs that judge by it; some read three characters only, so none of its
numbers has two digits."""
API_VERSIONS = {"mastodon": 7}
"""Mastodon's own count of API versions (api/instance in its documentation): 2 is grouped notifications, 7 quotes."""
CHARACTERS_PER_ADDRESS = 23
"""What programs count for a link of any length."""
MAX_PINNED = 5
POLL_LIMITS = {
    "max_options": 10,
    "max_characters_per_option": 100,
    "min_expiration": 300,
    "max_expiration": 2_629_746,
}
"""Seconds, of the last two."""


class InstanceDocs:
    """Documents about the node."""

    def __init__(
        self,
        settings: Settings,
        timelines: Timelines,
        vapid_key: str,
        open_to_few: Callable[[], Awaitable[bool]],
        rules: HouseRules,
        emojis: HouseEmojis,
        livery: Livery,
    ) -> None:
        """`open_to_few` tells whether only those nodes are dealt with that were let in."""
        self._settings, self._timelines, self._vapid_key = settings, timelines, vapid_key
        self._open_to_few, self._house_rules, self._house_emojis = open_to_few, rules, emojis
        self._livery = livery
        self._version = f"{MASTODON} (compatible; Scattershot {__version__})"

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        anyone = Who.ANYONE
        return [
            Endpoint("GET", "/api/v2/instance", self._v2, who=anyone, answers=Instance),
            Endpoint("GET", "/api/v1/instance", self._v1, who=anyone, answers=InstanceV1),
            Endpoint("GET", "/api/v1/instance/extended_description", self._extended, who=anyone,
                     answers=ExtendedDescription),
            Endpoint("GET", "/api/v1/instance/rules", self._rules, who=anyone, answers=list[Rule]),
            Endpoint("GET", "/api/v1/custom_emojis", self._emojis, who=anyone, answers=list[CustomEmoji]),
        ]  # fmt: skip

    def _thumbnail(self) -> str:
        """The node's own picture, or the one that stands for none."""
        return self._livery.now.picture or self._settings.origin + MISSING_HEADER

    async def _v2(self, call: Call, _: Nothing) -> Reply:
        settings, told = self._settings, await self._figures(call)
        return Answer(
            Instance(
                domain=settings.domain,
                title=settings.title,
                version=self._version,
                source_url="",
                description=settings.description,
                usage={"users": {"active_month": told.microblogs.month}},
                thumbnail={"url": self._thumbnail(), "blurhash": None, "versions": {}},
                icon=[],
                languages=["en"],
                configuration={**self._configuration(), **self._configuration_v2(await self._open_to_few())},
                registrations=self._registrations(),
                api_versions=API_VERSIONS,
                contact={"email": self._email, "account": None},
                rules=await self._every_rule(),
            )
        )  # fmt: skip

    async def _v1(self, call: Call, _: Nothing) -> Reply:
        settings, told = self._settings, await self._figures(call)
        return Answer(
            InstanceV1(
                uri=settings.domain,
                title=settings.title,
                short_description=settings.description,
                description=settings.description,
                email=self._email,
                version=self._version,
                urls={"streaming_api": self._streaming},
                stats={"user_count": told.microblogs.total, "status_count": told.posts, "domain_count": told.nodes},
                thumbnail=self._thumbnail(),
                languages=["en"],
                registrations=self._registrations()["enabled"],
                approval_required=self._settings.sign_up == "approval",
                invites_enabled=self._settings.people_may_invite and self._settings.sign_up != "closed",
                configuration=self._configuration(),
                contact_account=None,
                rules=await self._every_rule(),
            )
        )

    def _registrations(self) -> dict[str, Any]:
        """Who may sign up. By invitation one comes through a link to our own page; `message` says why one cannot."""
        mode, message = self._settings.sign_up, self._settings.sign_up_message
        enabled = mode in ("open", "approval")
        return {
            "enabled": enabled,
            "approval_required": mode == "approval",
            "reason_required": mode == "approval",
            "message": as_html(message) if message and not enabled else None,
            "min_age": None,
            "url": None,
        }

    async def _figures(self, call: Call) -> Figures:
        return await self._timelines.read(lambda tx: figures(tx, call.now))

    @property
    def _streaming(self) -> str:
        return self._settings.origin.replace("http", "ws", 1)

    @property
    def _email(self) -> str:
        """The address to write to; a contact may be a handle instead."""
        contact = self._settings.contact
        return contact if "@" in contact.lstrip("@") and not contact.startswith("@") and parse_handle(contact) else ""

    def _configuration(self) -> dict[str, Any]:
        return {
            "accounts": {"max_featured_tags": 10},
            "statuses": {
                "max_characters": self._settings.max_post_length,
                "max_media_attachments": self._settings.max_attachments,
                "characters_reserved_per_url": CHARACTERS_PER_ADDRESS,
                "supported_mime_types": ["text/plain"],
            },
            "polls": POLL_LIMITS,
            "media_attachments": {
                "description_limit": MAX_ALT,
                "supported_mime_types": list(TAKEN),
                "image_size_limit": self._settings.max_picture_mb * 1_000_000,
                "image_matrix_limit": MAX_PIXELS,
                "video_size_limit": self._settings.max_video_mb * 1_000_000,
                "video_frame_rate_limit": 120,
                "video_matrix_limit": MAX_PIXELS,
            },
        }

    def _configuration_v2(self, open_to_few: bool) -> dict[str, Any]:
        return {
            "urls": {"streaming": self._streaming, "status": None, "about": f"{self._settings.origin}/",
                     "privacy_policy": None, "terms_of_service": None},
            "vapid": {"public_key": self._vapid_key},
            "accounts": {"max_featured_tags": 10, "max_pinned_statuses": MAX_PINNED},
            "translation": {"enabled": False},
            "limited_federation": open_to_few,
        }  # fmt: skip

    async def _extended(self, call: Call, _: Nothing) -> Reply:
        return Answer(ExtendedDescription(updated_at=rfc3339(call.now), content=self._settings.description))

    async def _rules(self, _: Call, __: Nothing) -> Reply:
        return Answer(await self._every_rule())

    async def _every_rule(self) -> list[Rule]:
        return [Rule(id=str(rule.id), text=rule.text, hint=rule.hint) for rule in await self._house_rules.every()]

    async def _emojis(self, _: Call, __: Nothing) -> Reply:
        return Answer(
            [
                CustomEmoji(
                    shortcode=each.shortcode,
                    url=each.url,
                    static_url=each.still,
                    visible_in_picker=each.offered,
                    category=each.category or None,
                )
                for each in await self._house_emojis.every()
            ]
        )
