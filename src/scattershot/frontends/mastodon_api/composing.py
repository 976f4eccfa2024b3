"""Composing: from the parameters of a post to a draft, and back."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from scattershot.app.attaching import Described
from scattershot.app.drafts import Kept, Planned
from scattershot.app.media import Media
from scattershot.app.publish import Draft
from scattershot.app.wording import MARKDOWN, PLAIN, SOURCE_TYPES
from scattershot.domain.ids import MediaId, Millis, PostId
from scattershot.domain.post import Audience, Option, Poll
from scattershot.domain.preferences import Preferences
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Problem, parse_id, refused
from scattershot.frontends.mastodon_api.entities.status import MediaAttachment
from scattershot.frontends.mastodon_api.entities.writing import ScheduledStatus, StatusDraft
from scattershot.frontends.mastodon_api.media import focus_of
from scattershot.frontends.mastodon_api.media_as_json import upload_entity
from scattershot.frontends.mastodon_api.people_as_json import QUOTE_POLICY
from scattershot.frontends.mastodon_api.terms import PolicyParams, policy_named, terms_from
from scattershot.wirekit.dates import parse_rfc3339, rfc3339
from scattershot.wirekit.languages import language_tag

AUDIENCES = {
    "public": Audience.PUBLIC,
    "unlisted": Audience.UNLISTED,
    "private": Audience.FOLLOWERS,
    "direct": Audience.MENTIONED,
    "local": Audience.LOCAL,
}
_VISIBILITIES = {audience: word for word, audience in AUDIENCES.items()}
_NOT_IN_LIST = Problem(422, "Validation failed: Visibility is not included in the list")


class NewPoll(Struct, frozen=True):
    """A poll to be made; `expires_in` in seconds."""

    options: tuple[str, ...] = ()
    expires_in: int | None = None
    multiple: bool = False
    hide_totals: bool = False


class MediaAttributes(Struct, frozen=True):
    """What the edit of a post says of a file that it shows."""

    id: str
    description: str | None = None
    focus: str = ""


class NewStatus(Struct, frozen=True):
    """A post to be made, or how one is to read; what is not said is as its author likes it."""

    status: str = ""
    in_reply_to_id: str | None = None
    sensitive: bool | None = None
    spoiler_text: str = ""
    visibility: str = ""
    language: str = ""
    content_type: str = PLAIN
    title: str = ""
    poll: NewPoll | None = None
    scheduled_at: str = ""
    local_only: bool = False
    """glitch-soc's and GoToSocial's way to say that it is for this node alone."""
    quoted_status_id: str | None = None
    quote_id: str | None = None
    """Pleroma's name for the same."""
    quote_approval_policy: str | None = None
    interaction_policy: PolicyParams | None = None
    media_ids: tuple[str, ...] = ()
    media_attributes: tuple[MediaAttributes, ...] = ()


def as_usual(params: NewStatus, chosen: Preferences) -> NewStatus:
    """The post with what its author prefers where nothing was said."""
    word = _VISIBILITIES[chosen.audience]
    return replace(
        params,
        visibility=params.visibility or word,
        sensitive=chosen.sensitive if params.sensitive is None else params.sensitive,
        language=params.language or chosen.language,
        quote_approval_policy=params.quote_approval_policy or QUOTE_POLICY[chosen.quoting],
    )


class Composing:
    """Makes drafts of what programs send, and tells of drafts that are kept."""

    def __init__(self, media: Media) -> None:
        self._media = media

    def planned(self, params: NewStatus, now: Millis) -> Planned | Problem:
        """The post to be, its poll's end counted from `now`."""
        audience = Audience.LOCAL if params.local_only else AUDIENCES.get(params.visibility or "public")
        if audience is None:
            return _NOT_IN_LIST
        terms = terms_from(params.quote_approval_policy, params.interaction_policy)
        if isinstance(terms, Refused):
            return refused(terms)
        quoted = parse_id(params.quoted_status_id or params.quote_id)
        if quoted is None and (params.quoted_status_id or params.quote_id):
            return NOT_FOUND
        if params.content_type not in SOURCE_TYPES:
            return Problem(422, f"Validation failed: Content type must be one of {PLAIN}, {MARKDOWN}")
        poll, open_for = _poll(params.poll, now)
        parent = parse_id(params.in_reply_to_id)
        draft = Draft(
            params.status,
            audience,
            source_type=params.content_type,
            warning=params.spoiler_text,
            sensitive=bool(params.sensitive),
            language=language_tag(params.language),
            title=params.title,
            reply_to=PostId(parent) if parent is not None else None,
            quote=PostId(quoted) if quoted is not None else None,
            terms=terms,
            poll=poll,
            media=tuple(MediaId(parse_id(text) or 0) for text in params.media_ids),
            described=tuple(
                Described(MediaId(parse_id(each.id) or 0), each.description, focus_of(each.focus))
                for each in params.media_attributes
            ),
        )
        return Planned(draft, open_for)

    async def scheduled(self, kept: Kept) -> ScheduledStatus:
        """A scheduled post as the API has it."""
        assert kept.at is not None
        return ScheduledStatus(
            id=str(kept.id),
            scheduled_at=rfc3339(kept.at),
            params=params_of(kept.planned, kept.at),
            media_attachments=await self._shown(kept),
        )

    async def draft(self, kept: Kept) -> StatusDraft:
        """A draft as our extension has it."""
        return StatusDraft(
            id=str(kept.id),
            updated_at=rfc3339(kept.changed),
            params=params_of(kept.planned, None),
            media_attachments=await self._shown(kept),
        )

    async def _shown(self, kept: Kept) -> list[MediaAttachment]:
        uploads = await self._media.some(kept.planned.draft.media)
        return [upload_entity(each.attachment) for each in uploads]


def _poll(asked: NewPoll | None, now: Millis) -> tuple[Poll | None, int | None]:
    """Apps send an empty poll where there is none."""
    if asked is None or not any(asked.options):
        return None, None
    open_for = (asked.expires_in if asked.expires_in is not None else 86_400) * 1000
    options = tuple(Option(text.strip()) for text in asked.options)
    return Poll(options, multiple=asked.multiple, ends=Millis(now + open_for), hides_totals=asked.hide_totals), open_for


def params_of(planned: Planned, at: Millis | None) -> dict[str, Any]:
    """The parameters with which such a draft is asked for."""
    draft = planned.draft
    poll = None
    if draft.poll is not None:
        poll = {
            "options": [option.text for option in draft.poll.options],
            "expires_in": (planned.open_for or 0) // 1000,
            "multiple": draft.poll.multiple,
            "hide_totals": draft.poll.hides_totals,
        }
    return {
        "text": draft.text,
        "poll": poll,
        "media_ids": [str(each) for each in draft.media] or None,
        "sensitive": draft.sensitive,
        "spoiler_text": draft.warning or None,
        "visibility": _VISIBILITIES[draft.audience],
        "in_reply_to_id": str(draft.reply_to) if draft.reply_to is not None else None,
        "quoted_status_id": str(draft.quote) if draft.quote is not None else None,
        "quote_approval_policy": policy_named(draft.terms),
        "language": draft.language or None,
        "content_type": draft.source_type,
        "title": draft.title or None,
        "application_id": None,
        "scheduled_at": rfc3339(at) if at is not None else None,
        "idempotency": None,
        "with_rate_limit": False,
    }


def moment(text: str) -> Millis | Problem | None:
    """When a post is to be made; None where at once."""
    if not text.strip():
        return None
    at = parse_rfc3339(text.strip())
    return Millis(at) if at is not None else Problem(422, "Validation failed: Scheduled at is not a moment")
