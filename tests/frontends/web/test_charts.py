"""Charts: well-formed whatever they are to draw, with the figures in words, and nothing of others' as markup."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.frontends.web.charts import WIDTH, bars, columns

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=60)


@given(st.lists(st.tuples(TEXT, st.integers(0, 10**9)), max_size=20))
def test_bars_stay_within_their_picture(rows: list[tuple[str, int]]) -> None:
    drawn = ElementTree.fromstring(bars("<Hosts>", rows))  # noqa: S314  (our own)
    for rect in drawn.iter("rect"):
        assert float(rect.get("x", "")) + float(rect.get("width", "")) <= WIDTH
    assert drawn.get("aria-label", "").startswith("<Hosts>: ")
    assert len(list(drawn.iter("rect"))) == len(rows)


@given(st.lists(st.integers(0, 10**9), max_size=48))
def test_columns_stand_on_one_line(values: list[int]) -> None:
    drawn = ElementTree.fromstring(columns("Pace", values, "00:00", "23:00"))  # noqa: S314  (our own)
    for rect in drawn.iter("rect"):
        assert float(rect.get("y", "")) + float(rect.get("height", "")) == pytest.approx(120, abs=0.2)


def test_a_name_is_never_markup() -> None:
    drawn = bars("Hosts", [('<script>alert("1")</script>.example', 3)])
    assert "<script" not in drawn
    assert 'alert("1")' not in drawn
