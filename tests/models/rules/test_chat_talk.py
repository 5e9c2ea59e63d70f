"""What a list says of a conversation."""

from __future__ import annotations

import pytest

from models.rules.chat_talk import Talk, gone_on

C, S, A = "customer", "staff", "auto"


@pytest.mark.parametrize(
    ("said", "waiting"),
    [
        ([(1, C)], 1),
        ([(1, S)], None),
        ([(1, A)], None),
        ([(1, C), (2, C)], 1),
        ([(1, C), (2, A)], 1),
        ([(1, C), (2, S)], None),
        ([(1, C), (2, S), (3, C), (4, A), (5, C)], 3),
        ([(3, C), (2, C)], 2),
    ],
)
def test_a_customer_waits_since_the_first_message_after_the_colleagues_last(said: list[tuple[int, str]], waiting: int | None) -> None:
    """What a robot says answers nothing. Within a millisecond, times may stand in any order."""
    times = [at for at, _sender in said]
    assert gone_on(None, said) == Talk(min(times), max(times), len(said), waiting)


def test_a_conversation_goes_on_from_where_it_was() -> None:
    """Every part of it is what the whole gives."""
    said = [(1, C), (2, A), (3, S), (4, C), (5, C), (6, A)]
    for cut in range(1, len(said)):
        assert gone_on(gone_on(None, said[:cut]), said[cut:]) == gone_on(None, said)
