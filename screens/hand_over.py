"""The hand-over card: everything somebody needs to come in, for the first time or after a reset, shown once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from models import clock
from models.errors import NotAllowed
from models.i18n import N_, _
from models.operations import hand_over as operations
from models.operations.codes import FreshCode
from models.queries import shop, way_in
from models.rules.hand_over import AT_TERMINAL, Reset, Way, steps
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.widgets import words

GROUPS_A_LINE: Final = 3


class HandOverScreen(DetailScreen):
    """Shows an activation or reset code, the only time that it can be seen.

    Args:
        login: `little-shop:alice`, or just the login.
        name: the person's.
        code: in groups.
        expires_at: until when it is good, UTC microseconds.
        reset: what was reset; None for who comes in for the first time.
    """

    CSS_PATH = "hand_over.tcss"
    AUTO_FOCUS = "#card"
    SECTION = "staff"
    ABOUT = N_("What the person needs to come in. The code is shown only now; p prints it.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "print", N_("Print"), tooltip=N_("Write the card as a page to print, with a picture of the code")),
    ]

    def __init__(self, login: str, name: str, code: str, expires_at: int, reset: Reset | None = None) -> None:
        super().__init__()
        self._reset = reset
        self._account = login if ":" in login else operations.account(login)
        self._person = name
        self._fresh = FreshCode(login.rpartition(":")[2], code, expires_at)
        self._written: Path | None = None

    def heading(self) -> str:
        """Whose."""
        return _("Hand over · {name}").format(name=self._person)

    def compose_content(self) -> ComposeResult:
        """The card."""
        zone = shop.zone()
        until = clock.minute(self._fresh.expires_at, zone)
        good = _("good until {until} ({distance}), once").format(until=until, distance=clock.distance(self._fresh.expires_at))
        with VerticalScroll(id="card"):
            yield from _facts(
                (_("Account"), self._account),
                (_("Login"), self._fresh.login),
                (_("Activation code") if self._reset is None else _("Reset code"), good),
            )
            yield Static(words.plain(big(self._fresh.code), "bold"), id="code")
            yield Static(words.plain(self._steps(AT_TERMINAL)), id="steps")
            yield Static(words.plain(self._said(), "$text-warning"), id="said")

    def reload(self) -> None:
        """Read again how the person gets to the screens. Whoever may no longer see that keeps the code: it is shown only now."""
        with suppress(NotAllowed):
            way = self.read(way_in.of, self._fresh.login, self._reset, self.desk.way_in)
            self.query_one("#steps", Static).update(words.plain(self._steps(way)))

    def _steps(self, way: Way) -> str:
        return "\n".join(f"{number}. {step}" for number, step in enumerate(steps(self._fresh.login, self._reset, way), 1))

    def _said(self) -> str:
        if self._written is None:
            return _("The code is shown only now. Write it down, or p writes a page to print.")
        said = _("Written: {file}\nin {folder}\nPrint it, then delete it.")
        return said.format(file=self._written.name, folder=self._written.parent)

    def would_lose(self) -> str:
        """The code, unless it was written."""
        return _("The code is shown only now. Have you handed it over?") if self._written is None else ""

    @work(exclusive=True, group="dialog")
    async def action_back(self) -> None:
        """Close the card; asks first while the code stands nowhere else."""
        lost = self.would_lose()
        detail = _("Without it a new one has to be made, from the person's profile.")
        if not lost or await self.app.push_screen_wait(Confirm(lost, yes_label=_("It is handed over"), detail=detail)):
            scheduled(self.dismiss(None))

    @work(group="change")
    async def action_print(self) -> None:
        """Write the card into the outbox; once is enough."""
        if self._written is not None:
            return
        with self.refusals_shown():
            self._written = await self.ask(operations.print_card, self._person, self._fresh, self._reset, command=self.desk.way_in)
            self.query_one("#said", Static).update(words.plain(self._said(), "$text-success"))


def _facts(*facts: tuple[str, str]) -> Iterator[Static]:
    """Labels in one column, values in the next."""
    widest = max(words.width(label) for label, _value in facts) + 3
    for label, value in facts:
        yield Static(words.join(words.plain(words.fit(label, widest), "$text-muted"), value))


def big(code: str) -> str:
    """The code as large as letters get: spread out, in lines of a few groups."""
    groups = [" ".join(group) for group in code.split("-")]
    lines = [groups[start : start + GROUPS_A_LINE] for start in range(0, len(groups), GROUPS_A_LINE)]
    return "\n\n".join("  –  ".join(line) for line in lines)
