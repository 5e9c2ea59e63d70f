"""A QR code on the terminal, for the camera of a phone.

Two modules share a cell, one above the other, as half blocks. A camera looks for dark on light, whatever the theme: where the colours
are known the code is black on white. Where they are the terminal's own, black and white are its own, too; and where there are none the
light modules are drawn, on what is taken to be a dark screen. What is taken there may be wrong, so `i` swaps dark and light.
"""

from __future__ import annotations

from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from models.i18n import N_, _
from screens.widgets import words

QUIET: Final = 2
"""Light modules around the code. The standard (ISO/IEC 18004) has four; readers do with one on a dark screen, and not with none."""

BLOCKS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""A cell, by whether its upper and its lower half are drawn."""

EXACT: Final = Style(color="#000000", bgcolor="#ffffff")
OWN: Final = Style(color="black", bgcolor="white")
"""Of the terminal's own sixteen. Its bright white would be whiter, but terminals with eight colours leave that away: black on black."""


def rows_of(text: str, *, light: bool = False) -> list[str]:
    """The rows of cells of a QR code that says `text`, with its quiet zone; nothing for no text.

    As small as it can be: byte mode at level L, which is 19 rows for up to 78 bytes and 21 for up to 106.

    Args:
        light: whether the light modules are drawn, as on a dark screen without colours, rather than the dark ones.
    """
    if not text:
        return []
    import segno  # here, because it takes 76 ms, and hardly any screen shows a code

    code = segno.make(text, micro=False, error="l", boost_error=False)
    drawn = [[bool(module) is not light for module in row] for row in code.matrix_iter(border=QUIET)]
    if len(drawn) % 2:  # the lower half of the last row belongs to the quiet zone
        drawn.append([light] * len(drawn[0]))
    return ["".join(BLOCKS[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in zip(drawn[::2], drawn[1::2], strict=True)]


class QrCode(Widget):
    """A QR code as large as it is; where there is no room for it, a sentence that says to type the key instead.

    It takes the focus only where the terminal's colours are not known, for `i`. A screen with a field to type in gives the focus to that.

    Args:
        text: what the code says; "" for nothing yet.
    """

    DEFAULT_CSS = """
    QrCode { width: auto; height: auto; max-width: 100%; max-height: 100%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "invert", N_("Invert"), tooltip=N_("Swaps dark and light in the QR code, if your camera does not read it.")),
    ]

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._dark = rows_of(text)
        self._light = rows_of(text, light=True)
        self._inverted = False

    def on_mount(self) -> None:
        """Offer to invert where it may be needed."""
        self.can_focus = not self._exact

    def show(self, text: str) -> None:
        """Say something else; "" for nothing."""
        self._dark = rows_of(text)
        self._light = rows_of(text, light=True)
        self.refresh(layout=True)

    def action_invert(self) -> None:
        """Swap dark and light; does nothing where the colours are known."""
        if not self._exact:
            self._inverted = not self._inverted
            self.refresh()

    # ---- colours

    @property
    def _exact(self) -> bool:
        """Whether black and white are black and white here."""
        return not self.app.native_ansi_color and not self._colourless

    @property
    def _colourless(self) -> bool:
        """Whether no colour reaches the terminal."""
        return (self.app.no_color and self.app.native_ansi_color) or self.app.console.color_system is None

    # ---- room

    @property
    def _needed(self) -> Size:
        return Size(len(self._dark[0]), len(self._dark)) if self._dark else Size(0, 0)

    def _fits(self, room: Size) -> bool:
        return self._needed.width <= room.width and self._needed.height <= room.height

    def _sentence(self, cells: int) -> list[str]:
        said = _("No room for the QR code, which takes {width}×{height} cells: type the key into your app instead.")
        return words.wrap(said.format(width=self._needed.width, height=self._needed.height), cells)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as the code; the sentence leaves half of the width to what stands beside it."""
        return self._needed.width if self._fits(_common(container, viewport)) else container.width // 2

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as the code, or as the sentence."""
        fits = self._fits(_common(Size(width, container.height), viewport))
        return self._needed.height if fits else len(self._sentence(width))

    def render_line(self, y: int) -> Strip:
        """One row of the code, or one line of the sentence."""
        ground = self.rich_style
        if self._fits(self.size):
            rows = self._light if self._colourless is not self._inverted else self._dark
            pen = ground if self._colourless else EXACT if self._exact else OWN
        else:
            rows, pen = self._sentence(self.size.width), ground
        line = [Segment(rows[y], pen)] if y < len(rows) else []
        return Strip(line).adjust_cell_length(self.size.width, ground)


def _common(one: Size, other: Size) -> Size:
    """What fits into both."""
    return Size(min(one.width, other.width), min(one.height, other.height))
