import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit.content_coding import decoded


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=3), st.integers(0, 700))
def test_gzip_of_any_members_comes_back_whole_or_not_at_all(members: list[bytes], limit: int) -> None:
    plain = b"".join(members)
    coded = b"".join(gzip.compress(member) for member in members)
    assert decoded(coded, "gzip", limit) == (plain if len(plain) <= limit else "too_large")


@given(st.binary(min_size=1, max_size=100), st.data())
def test_gzip_cut_short_is_refused(plain: bytes, data: st.DataObject) -> None:
    coded = gzip.compress(plain)
    assert decoded(coded[: data.draw(st.integers(1, len(coded) - 1))], "gzip", 1000) == "protocol"


@given(st.binary(max_size=100))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    decoded(body, "gzip", 1000)


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_no_coding_leaves_the_body_and_still_caps_it(coding: str) -> None:
    assert decoded(b"abc", coding, 3) == b"abc"
    assert decoded(b"abcd", coding, 3) == "too_large"


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_what_was_not_asked_for_is_refused(coding: str) -> None:
    assert decoded(b"abc", coding, 1000) == "protocol"
