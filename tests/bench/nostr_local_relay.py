"""The LocalRelay of nostr-sdk (Rust) as a process of its own: `PORT`. It keeps events in memory: stores on disk are
reached through Python there, which would be measured instead."""

import asyncio
import sys

import nostr_sdk as sdk


async def main(port: int) -> None:
    """Serve until ended, with no limit on what one may say."""
    limits = sdk.RateLimit(max_reqs=10_000, notes_per_minute=100_000_000)
    relay = sdk.LocalRelayBuilder().addr("127.0.0.1").port(port).rate_limit(limits).build()
    await relay.run()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
