"""What those whom somebody follows did with posts, for telling what was missed."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.ports.database import Transaction


class Deed(NamedTuple):
    """Somebody who is followed did it with a post: `boosted`, `answered` or `liked`."""

    post: PostId
    who: MicroblogId
    what: str


def deeds(tx: Transaction, viewer: MicroblogId, among: list[PostId]) -> list[Deed]:
    """What those whom the viewer follows did with the posts, in the order of who followed them; answers that only a
    few may read are left out."""
    followed = "JOIN follows f ON f.follower = $1 AND f.followee = {} AND f.accepted"
    return tx.fetch(
        Deed,
        f"SELECT b.post, b.booster, 'boosted' FROM boosts b {followed.format('b.booster')} WHERE b.post = ANY($2) "
        f"UNION SELECT p.reply_to, p.author, 'answered' FROM posts p {followed.format('p.author')} "
        "WHERE p.reply_to = ANY($2) AND NOT p.gone AND p.audience IN ('public', 'unlisted') "
        f"UNION SELECT l.post, l.liker, 'liked' FROM likes l {followed.format('l.liker')} WHERE l.post = ANY($2)",
        viewer,
        among,
    )
