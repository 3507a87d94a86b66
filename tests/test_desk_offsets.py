"""Offsets between code points and UTF-16 units: a round trip for every text, and what lies between is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.desk.offsets import OffsetError, Offsets

TEXTS = st.text(st.sampled_from("云岭 \r\n\u2028　A😀𠮷👩\u200d👧é"), max_size=30)


@given(TEXTS)
def test_every_code_point_offset_comes_back(text: str) -> None:
    offsets = Offsets(text)
    for place in range(len(text) + 1):
        units = offsets.to_utf16(place)
        assert units == len(text[:place].encode("utf-16-le")) // 2
        assert offsets.to_code_points(units) == place
    assert offsets.units == len(text.encode("utf-16-le")) // 2


@given(TEXTS)
def test_every_other_unit_offset_is_refused(text: str) -> None:
    offsets = Offsets(text)
    borders = {offsets.to_utf16(place) for place in range(len(text) + 1)}
    for units in set(range(offsets.units + 1)) - borders:
        with pytest.raises(OffsetError, match="splits a character of two UTF-16 units; count to one of its sides"):
            offsets.to_code_points(units)


@pytest.mark.parametrize("offset", [-1, 4])
def test_offsets_outside_are_refused(offset: int) -> None:
    offsets = Offsets("云岭县")
    with pytest.raises(OffsetError, match=f"offset {offset} lies outside the text; it has 3 UTF-16 units"):
        offsets.to_code_points(offset)
    with pytest.raises(OffsetError, match=f"offset {offset} lies outside the text; it has 3 characters"):
        offsets.to_utf16(offset)


def test_the_first_wide_character_is_told() -> None:
    assert Offsets("云岭😀").first_wide == 2
    assert Offsets("云岭").first_wide is None
