"""What every screen is: a line at the top, a line of keys at the bottom, and between them its own.

DeskScreen      a section: the sections at the top
DetailScreen    one thing of it: its title at the top, esc goes back
BareScreen      before anybody is signed in
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from models.i18n import N_, _
from screens.later import later, scheduled
from screens.plain import PlainScreen
from screens.widgets.tab_bar import Tab, TabBar, TitleBar

if TYPE_CHECKING:
    from screens.dialogs import confirm
else:  # not needed before the first screen is seen
    confirm = later("screens.dialogs.confirm")

__all__ = ["BareScreen", "DeskScreen", "DetailScreen", "PlainScreen", "scheduled"]


class BareScreen(PlainScreen):
    """A screen before anybody is signed in."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "leave", N_("Leave"))]

    @work(exclusive=True, group="dialog")
    async def action_leave(self) -> None:
        """Leave the program; asks only when something would be lost."""
        lost = self.would_lose()
        if not lost or await self.app.push_screen_wait(confirm.Confirm(lost, yes_label=_("Leave"))):
            self.app.exit()


class DeskScreen(PlainScreen):
    """A section."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"section({number})", show=False) for number in range(1, 10)),
        Binding("q,ctrl+q", "leave", N_("Leave")),
    ]

    SECTION: ClassVar[str] = ""
    """The name of the section the screen belongs to."""

    def compose_top(self) -> TabBar | TitleBar:
        """The sections."""
        return TabBar()

    def refresh_top(self) -> None:
        """Show the sections that are open to the person now, and who that is."""
        self.desk.read_access()
        tabs = [Tab(section.number, section.name, section.title) for section in self.desk.sections()]
        for bar in self.query(TabBar):
            bar.show(tabs, self.SECTION, self.actor.name)
        super().refresh_top()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A digit without a section does nothing."""
        if action == "section":
            return any(section.number == parameters[0] for section in self.desk.sections())
        return super().check_action(action, parameters)

    def action_section(self, number: int) -> None:
        """Open the section of that number."""
        for section in self.desk.sections():
            if section.number == number:
                self.desk.go(section.name)

    @on(TabBar.Picked)
    def _picked(self, event: TabBar.Picked) -> None:
        self.desk.go(event.name)

    @work(exclusive=True, group="dialog")
    async def action_leave(self) -> None:
        """Sign out; over SSH that closes the connection. Asks only when something would be lost."""
        for screen in self.desk.open_screens():
            lost = screen.would_lose() if isinstance(screen, PlainScreen) else ""
            if lost and not await self.app.push_screen_wait(confirm.Confirm(lost, yes_label=_("Leave"))):
                return
        self.desk.sign_out()


class DetailScreen(DeskScreen):
    """One thing: a person, a role, a step of a wizard. Its heading stands at the top; esc goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", N_("Back"))]

    def compose_top(self) -> TabBar | TitleBar:
        """The heading."""
        return TitleBar(self.heading())

    @work(exclusive=True, group="dialog")
    async def action_back(self) -> None:
        """Close the screen; asks only when something would be lost."""
        lost = self.would_lose()
        if not lost or await self.app.push_screen_wait(confirm.Confirm(lost, yes_label=_("Discard"))):
            scheduled(self.dismiss(None))
