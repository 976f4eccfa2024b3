"""One-time codes against the figures of RFC 6238, appendix B (SHA-1, of which the last six digits are ours)."""

import pytest

from scattershot.wirekit import one_time_codes as codes

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "eight"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
     (2000000000, "69279037"), (20000000000, "65353130")],
)  # fmt: skip
def test_codes_are_those_of_the_rfc(seconds: int, eight: str) -> None:
    assert codes.code_at(SECRET, seconds * 1000 // codes.STEP) == eight[-6:]


def test_a_clock_may_be_one_step_off_and_no_code_is_good_twice() -> None:
    now = 1_000_000_007_000
    here = now // codes.STEP
    for off, good in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = codes.step_of(SECRET, codes.code_at(SECRET, here + off), now, after=0)
        assert found == (here + off if good else None)
    assert codes.step_of(SECRET, codes.code_at(SECRET, here), now, after=here) is None


@pytest.mark.parametrize("code", ["", "12345", "１２３４５６", "abcdef", "0" * 100])
def test_what_is_no_code_is_none(code: str) -> None:
    assert codes.step_of(SECRET, code, 1_000_000_000_000, after=0) is None


def test_the_address_names_the_person_and_the_node() -> None:
    told = codes.address(SECRET, "ann", "My node: a/b")
    assert told == (
        "otpauth://totp/My%20node%3A%20a%2Fb%3Aann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20node%3A%20a%2Fb"
    )
    assert codes.spelt(SECRET).startswith("GEZD GNBV GY3T")
