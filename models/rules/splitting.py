"""Lines of what comes in pieces, in bounded memory."""

from __future__ import annotations


class Splitter:
    """Makes lines of pieces as they come, each with its line feed.

    Args:
        longest: bytes of a line; of one that is longer no more is kept than shows that.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._held = bytearray()

    def lines(self, piece: bytes) -> list[bytes]:
        """The lines that are whole now."""
        first, *others = piece.split(b"\n")
        self._keep(first)
        if not others:
            return []
        found = [bytes(self._held) + b"\n", *(each + b"\n" for each in others[:-1])]
        self._held.clear()
        self._keep(others[-1])
        return found

    def rest(self) -> list[bytes]:
        """What stands behind the last line feed, once nothing more comes; nothing where nothing does."""
        found = bytes(self._held)
        self._held.clear()
        return [found] if found else []

    def _keep(self, part: bytes) -> None:
        self._held += part[: self._longest + 1 - len(self._held)]
