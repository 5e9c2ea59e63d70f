"""Nobody need listen to how far something is, or ask it to stop."""

from __future__ import annotations

from models.rules.progress import unasked, unheard


def test_nobody_need_listen_or_ask() -> None:
    """Whoever works tells and asks all the same, and goes on."""
    assert unheard(1, 2) is None  # type: ignore[func-returns-value]  # that it takes both is what is tried
    assert unasked() is False
