"""Passwords and what they cost."""

import asyncio

import pytest

from scattershot.app import passwords
from scattershot.app.passwords import check_password, hash_password


async def test_several_passwords_are_hashed_at_once_and_none_waits_for_ever() -> None:
    async with asyncio.timeout(60):
        made = await asyncio.gather(*(hash_password(f"password {number}") for number in range(4)))
        right = await asyncio.gather(*(check_password(f"password {number}", made[number]) for number in range(4)))
        wrong = await asyncio.gather(check_password("password 1", made[2]), check_password("password 1", ""))
    assert all(right)
    assert not any(wrong)


async def test_a_password_costs_what_rfc_9106_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PASSWORD_COST", passwords.RFC_9106)
    assert (await hash_password("a password of here")).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
