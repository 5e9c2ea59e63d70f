"""Numbers as blocks, one beside the other: how busy days were, at a glance.

Textual has a widget for that, Sparkline; it is a widget, and there is one for each person of a list whose rows are lines. Blocks are
characters: they go into any line, into 16 colours and none, and are two bytes a day where a repainted widget is a kilobyte. They are
never alone: the numbers stand beside them, or below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"
"""From few to many."""

NONE: Final = "·"
"""Where there was nothing."""

BAR: Final = "▇"


def drawn(numbers: Sequence[int], most: int | None = None) -> str:
    """A block for each number, as high as it is large; one is never nothing.

    Args:
        most: what is drawn full, where several lines are to be compared; the largest of the numbers without it.
    """
    full = max(numbers, default=0) if most is None else most
    return "".join(BLOCKS[(min(each, full) * len(BLOCKS) - 1) // full] if each else NONE for each in numbers)


def fitted(numbers: Sequence[int], cells: int) -> tuple[int, ...]:
    """At most `cells` numbers: each the mean of as many that follow each other, rounded up; the last ones are the last."""
    step = per_block(len(numbers), cells)
    ends = range(len(numbers), 0, -step)
    groups = [numbers[max(end - step, 0) : end] for end in ends]
    return tuple(-(-sum(group) // len(group)) for group in reversed(groups))


def per_block(count: int, cells: int) -> int:
    """How many of `count` numbers a block stands for where there is room for `cells`."""
    return max(1, -(-count // cells))


def bar(number: int, most: int, cells: int) -> str:
    """A bar as long as the number is large, `cells` for `most`; one is never nothing."""
    return BAR * -(-number * cells // most) if most else ""
