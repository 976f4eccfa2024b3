"""Which part of a file is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.frontends.media.ranges import Part, Unsatisfiable, part_of


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (None, None),
        ("bytes=0-", Part(0, 100)),
        ("bytes=0-0", Part(0, 1)),
        ("bytes=10-19", Part(10, 10)),
        ("bytes=90-1000", Part(90, 10)),
        ("bytes=-10", Part(90, 10)),
        ("bytes=-1000", Part(0, 100)),
        ("bytes=100-", Unsatisfiable()),
        ("bytes=100-200", Unsatisfiable()),
        ("bytes=-0", Unsatisfiable()),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=+1-2", None),
        ("bytes=1", None),
        ("lines=1-2", None),
        ("bytes=" + "9" * 30 + "-", None),
        ("bytes=٣-٤", None),
    ],
)
def test_one_range_or_all(asked: str | None, part: Part | Unsatisfiable | None) -> None:
    assert part_of(asked, 100) == part


@given(st.text(alphabet="bytes=-0123456789, ", max_size=30), st.integers(1, 1 << 40))
def test_a_part_lies_within_the_file(asked: str, size: int) -> None:
    part = part_of(asked, size)
    if isinstance(part, Part):
        assert 0 <= part.start < part.start + part.length <= size
