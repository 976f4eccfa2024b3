"""What cannot cross to which network is said before it is posted, and nothing is said where all arrives."""

from scattershot.domain.crossing import USUAL, Network, Saying, cannot_cross
from scattershot.domain.post import Audience

ALL = USUAL | {Network.NOSTR}


def test_a_plain_post_arrives_everywhere() -> None:
    assert cannot_cross(Saying(), ALL) == ()


def test_an_edit_does_not_reach_nostr_and_only_who_speaks_it_is_told_so() -> None:
    assert cannot_cross(Saying(is_edit=True), USUAL) == ()
    assert "edit cannot reach Nostr" in cannot_cross(Saying(is_edit=True), ALL)[0]


def test_what_is_not_for_everyone_stays_away_from_nostr() -> None:
    for audience in (Audience.FOLLOWERS, Audience.MENTIONED, Audience.LOCAL):
        assert cannot_cross(Saying(audience), ALL) == ("Only posts for everyone go to Nostr: not this one.",)
        assert cannot_cross(Saying(audience, is_edit=True), ALL) == ()


def test_what_is_for_people_of_both_networks_is_said_to_go_apart() -> None:
    nostr, fediverse = frozenset({Network.NOSTR}), frozenset({Network.ACTIVITYPUB})
    assert cannot_cross(Saying(Audience.MENTIONED, people_on=nostr), ALL) == ()
    [apart] = cannot_cross(Saying(Audience.MENTIONED, people_on=nostr | fediverse), ALL)
    assert "apart from the others" in apart
    [silent] = cannot_cross(Saying(Audience.MENTIONED, people_on=nostr), USUAL)
    assert "will not get this" in silent
    assert cannot_cross(Saying(Audience.MENTIONED, people_on=fediverse), USUAL) == ()
    assert cannot_cross(Saying(people_on=nostr | fediverse), ALL) == ()
    for revised in (Saying(Audience.MENTIONED, is_edit=True, people_on=nostr),
                    Saying(Audience.MENTIONED, is_deletion=True, people_on=nostr)):  # fmt: skip
        assert len(cannot_cross(revised, ALL)) == 1
        assert cannot_cross(revised, USUAL) == ()


def test_a_poll_is_seen_in_feeds_but_not_voted_in() -> None:
    assert "cannot vote" in cannot_cross(Saying(has_poll=True), USUAL)[0]
    assert cannot_cross(Saying(Audience.FOLLOWERS, has_poll=True), USUAL) == ()


def test_terms_and_deletions_bind_nobody_on_nostr() -> None:
    assert len(cannot_cross(Saying(has_terms=True, is_deletion=True), ALL)) == 2
