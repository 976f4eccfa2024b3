"""What is pushed to a phone, as Mastodon's apps read it.

They need every field to be there and not null (the official Android app), the notification's id as a number (Ice Cubes,
the official iOS app), and the access token to know which of several accounts it is for (Elk, Phanpy, the official iOS
app). The whole has to fit into one message of Web Push.
"""

from msgspec import json

from scattershot.app.notifications import Notice
from scattershot.domain.notification import Told
from scattershot.domain.post import Post
from scattershot.frontends.mastodon_api.accounts_as_json import MISSING_AVATAR
from scattershot.frontends.mastodon_api.media_as_json import Shown
from scattershot.frontends.mastodon_api.notification_types import TYPES
from scattershot.wirekit.html import clean_text, plain_text

LOCALE = "en"
MAX_TITLE, MAX_BODY, MAX_ICON = 100, 140, 1_000

_TITLES = {
    Told.MENTION: "{} mentioned you",
    Told.POST: "{} posted",
    Told.BOOST: "{} boosted your post",
    Told.FOLLOW: "{} follows you",
    Told.FOLLOW_REQUEST: "{} wishes to follow you",
    Told.LIKE: "{} likes your post",
    Told.REACTION: "{} reacted to your post",
    Told.POLL: "A poll of {} is over",
    Told.EDIT: "{} altered a post that you boosted",
    Told.QUOTE: "{} quoted your post",
    Told.QUOTED_EDIT: "{} altered a post that you quoted",
    Told.SIGN_UP: "{} signed up",
    Told.REPORT: "{} reported somebody",
    Told.WARNING: "A message from those who run this server",
    Told.SEVERED: "You lost follows: nothing is exchanged there any more",
}


class PushesAsJson:
    """Renders notifications for phones. `origin` is where the node is; `shown` says where a picture is seen."""

    def __init__(self, origin: str, shown: Shown) -> None:
        self._origin, self._shown = origin, shown

    def words(self, notice: Notice, token: str) -> bytes:
        """What a program is pushed."""
        kind, profile = Told(notice.row.kind), notice.sender.profile
        avatar = self._shown(profile.avatar)
        icon = avatar if 0 < len(avatar) <= MAX_ICON else self._origin + MISSING_AVATAR
        return json.encode(
            {
                "access_token": token,
                "preferred_locale": LOCALE,
                "notification_id": notice.row.id,
                "notification_type": TYPES[kind],
                "icon": icon,
                "title": _TITLES[kind].format(clean_text(profile.title, MAX_TITLE)),
                "body": _cut(_body(kind, notice)),
            }
        )


def _body(kind: Told, notice: Notice) -> str:
    if kind is Told.REACTION:
        return notice.row.about
    if notice.item is not None:
        return _gist(notice.item.post)
    if notice.report is not None:
        return notice.report.comment
    if notice.warning is not None:
        return notice.warning.text
    if notice.severance is not None:
        return notice.severance.host
    return plain_text(notice.sender.profile.bio)


def _gist(post: Post) -> str:
    return post.warning or post.title or plain_text(post.html)


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= MAX_BODY else words[: MAX_BODY - 1].rstrip() + "…"
