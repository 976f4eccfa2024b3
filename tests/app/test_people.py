"""People and their passwords."""

import asyncio

from scattershot.app.people import check_password, hash_password


async def test_several_passwords_are_hashed_at_once_and_none_waits_for_ever() -> None:
    async with asyncio.timeout(60):
        made = await asyncio.gather(*(hash_password(f"password {number}") for number in range(4)))
        right = await asyncio.gather(*(check_password(f"password {number}", made[number]) for number in range(4)))
        wrong = await asyncio.gather(check_password("password 1", made[2]), check_password("password 1", ""))
    assert all(right)
    assert not any(wrong)
