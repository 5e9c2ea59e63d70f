"""A line, or a few, that a screen says: painted when it says something else, and only then."""

from __future__ import annotations

from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


class Said(Static):
    """Text that changes with what is under the cursor.

    Textual's own paints itself, and lays the whole screen out anew, even when it is told to say what it says already.
    """

    def __init__(self, text: str | Content = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(text, markup=False, id=id, classes=classes)
        self._said: VisualType = text

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Say something else.

        Args:
            content: what to say; a `str` is data.
            layout: whether its size may change with it; never the case where the stylesheet gives it a height.
        """
        if _same(content, self._said):
            return
        self._said = content
        super().update(content, layout=layout and self.styles.auto_dimensions)


def _same(one: VisualType, other: VisualType) -> bool:
    if isinstance(one, Content) and isinstance(other, Content):
        return one.is_same(other)
    return isinstance(one, str) and isinstance(other, str) and one == other
