"""Lines of what comes in pieces."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from hypothesis import given, strategies as st

from models.rules.splitting import Splitter


@given(st.lists(st.binary(max_size=40)), st.data())
def test_pieces_give_the_lines_that_the_whole_has(parts: list[bytes], data: Any) -> None:
    """Wherever it was cut."""
    whole = b"\n".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)))))
    splitter = Splitter(1000)
    found = [each for one, other in zip([0, *cuts], [*cuts, len(whole)], strict=True) for each in splitter.lines(whole[one:other])]
    assert [*found, *splitter.rest()] == BytesIO(whole).readlines()


def test_of_a_line_that_never_ends_little_is_kept() -> None:
    """So much as shows that it is too long, and the next is read as if nothing had been."""
    splitter = Splitter(1000)
    for _ in range(100):
        assert splitter.lines(b"x" * 10_000) == []
    assert splitter.lines(b"xx\ngood\nha") == [b"x" * 1001 + b"\n", b"good\n"]
    assert splitter.lines(b"lf") == []
    assert splitter.rest() == [b"half"]
    assert splitter.rest() == []
