"""What only SQLite understands of looking for words: the language of its index (FTS5), and the order in which that is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

NEWEST: Final = """
    SELECT rowid FROM message_text WHERE message_text MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?
"""
"""The numbers of messages that match, the newest first: of those between two numbers, so many at most."""


def matching(phrases: str, whose: Iterable[str] | None = None) -> str:
    """What is asked of the index.

    Args:
        phrases: as `chat_index.phrases` makes them: nothing of what was typed is left to mean anything to the index.
        whose: colleagues as `chat_index.whose` names them; None for everybody.
    """
    asked = f"text : ({phrases})"
    return asked if whose is None else f"{asked} AND whose : ({' OR '.join(whose)})"
