"""What a list says of a conversation, worked out as its messages come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Talk(NamedTuple):
    """A conversation in short. Times are UTC microseconds.

    Attributes:
        waiting_since: when the customer wrote what the colleague has not answered yet; None where nobody waits.
    """

    first_at: int
    last_at: int
    messages: int
    waiting_since: int | None


def gone_on(before: Talk | None, said: Iterable[tuple[int, str]]) -> Talk:
    """A conversation after more was said in it.

    Args:
        before: None where it begins.
        said: the moment and the sender of each message, one at least, in the order of their numbers. They follow what was said before; of
            those that came late everything is true here but `waiting_since`.
    """
    times: list[int] = [] if before is None else [before.first_at, before.last_at]
    waiting = None if before is None else before.waiting_since
    count = 0 if before is None else before.messages
    for at, sender in said:
        times.append(at)
        count += 1
        if sender == "staff":
            waiting = None
        elif sender == "customer":
            waiting = at if waiting is None else min(waiting, at)
    return Talk(min(times), max(times), count, waiting)
