"""What reading one Create costs, decoding and sanitising included: run by hand, with `src` on the path."""

import time
from pathlib import Path

from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.to_changes import read_activity

ROUNDS, EACH = 5, 3000


def main() -> None:
    """Prints the best round's microseconds of CPU; every body has ids of its own, as on a real node."""
    body = (Path(__file__).parents[1] / "vectors" / "activitypub" / "mastodon_create.json").read_bytes()
    sender = WireId(ACTIVITYPUB, "https://masto.example/users/ann")
    best = float("inf")
    for turn in range(ROUNDS):
        bodies = [body.replace(b"/111", b"/%d" % (turn * EACH + number)) for number in range(EACH)]
        started = time.process_time()
        for each in bodies:
            read_activity(each, sender, "masto.example", at=1_800_000_000_000)
        best = min(best, (time.process_time() - started) / EACH)
    print(f"{len(body)} bytes: {best * 1e6:.1f} microseconds")


if __name__ == "__main__":
    main()
