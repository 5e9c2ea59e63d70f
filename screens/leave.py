"""Leaving: what a person holds, and when it ends: at once, or at the end of a day."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models import clock
from models.catalogue import LEFT
from models.i18n import N_, _
from models.operations import departures, staff as operations
from models.queries import chats, reach, shop, staff
from models.queries.chats import Filter
from models.queries.staff import StaffDetail
from screens import leaving, succession
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.staff_rows import leaves_words
from screens.widgets.fact_list import FactList
from screens.widgets.field import Choice, Control, Field
from screens.widgets.form import Form

NOW: Final = "now"
DAY: Final = "day"


class LeaveScreen(DetailScreen):
    """What ends when a person leaves, and when that is to be. Answers True when they have left, or their day was set or taken back.

    Args:
        staff_id: whose.
    """

    SECTION = "staff"
    TAKES = reach.OFFBOARD
    AUTO_FOCUS = "Choice"
    CSS_PATH = "leave.tcss"
    ABOUT = N_("What ends when the person leaves: at once, or at the end of a day. Before that a colleague can stand in, or take over.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "unplan", N_("Stays"), tooltip=N_("Take back the day on which the person was to leave")),
        Binding("c", "waiting", N_("Unanswered"), tooltip=N_("Go to the conversations in which customers wait for an answer")),
        Binding("s", "succession", N_("Stand-in"), tooltip=N_("Have a colleague stand in until a day, or take over for good")),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"succession": "staff.manage"}

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._detail: StaffDetail | None = None
        self._waiting = False

    def compose_content(self) -> ComposeResult:
        """What ends, and when."""
        when = [(NOW, _("today, at once")), (DAY, _("at the end of a day"))]
        yield FactList(label=24)
        yield Form(
            Choice("when", _("Leaves"), when, value=NOW),
            Field("on", _("Last day"), hint=leaving.day_hint("", shop.zone()), limit=20),
            Field("reason", _("Reason"), limit=200, hint=_("For the log; may be empty.")),
            submit=N_("Go on"),
        )

    def heading(self) -> str:
        """Who."""
        return _("{name} leaves").format(name=self._detail.name) if self._detail else ""

    @property
    def form(self) -> Form:
        """When."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Begin with the day that is planned, if one is."""
        detail = self.read(staff.detail, self._staff_id)
        if detail.leaves_at is not None:
            self.form.fill({"when": DAY, "on": clock.day(detail.leaves_at, shop.zone())})
        self._show_day()

    def reload(self) -> None:
        """Read again what ends; what was typed stays. Whoever has left meanwhile is shown no longer."""
        self._detail = self.read(staff.detail, self._staff_id)
        if self._detail.status == LEFT:
            if self.is_current:
                scheduled(self.dismiss(True))
            return
        ends = self.read(reach.leaving, self._staff_id)
        self.query_one(FactList).show_facts(leaving.facts(self._detail, ends, shop.zone()))
        waiting = Filter(staff_id=self._staff_id, unanswered=True)
        self._waiting = bool(ends.conversations.waiting) and self.read(chats.listing, waiting).count() > 0
        self.refresh_top()
        self.refresh_bindings()

    def would_lose(self) -> str:
        """What was typed."""
        return _("Discard what was typed?") if self.form.is_changed else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A day can be taken back where one is planned; who waits can be gone to where one may read it."""
        if action == "waiting":
            return self._waiting
        if action == "unplan":
            return self._detail is not None and self._detail.leaves_at is not None
        return super().check_action(action, parameters)

    def _show_day(self) -> None:
        """The field of the day is there where a day is meant."""
        if (day := self.form.control_named("on")) is not None:
            day.display = self.form.text("when") == DAY

    @on(Control.Changed)
    def _changed(self, event: Control.Changed) -> None:
        if event.field.name == "when":
            self._show_day()
        elif event.field.name == "on":
            event.field.hint = leaving.day_hint(str(event.value), shop.zone())

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _submitted(self) -> None:
        detail = self._detail
        if detail is None:
            return
        with self.refusals_shown(self.form):
            if self.form.text("when") == DAY:
                await self._plan(detail)
            else:
                await self._leave(detail)
        self._look_again()

    def _look_again(self) -> None:
        """What was refused may have been so because something has changed."""
        if self.is_current:
            with self.refusals_shown():
                self.reload()

    async def _leave(self, detail: StaffDetail) -> None:
        """Leave at once."""
        question = _("{name} leaves today? All of this ends at once, for good. The login is never given to anybody else.")
        if await self.app.push_screen_wait(Confirm(question.format(name=detail.name), yes_label=_("Leave today"))):
            await self.ask(operations.leave, self._staff_id, reason=self.form.text("reason"))
            self.toast(_("{name} has left.").format(name=detail.name))
            scheduled(self.dismiss(True))

    async def _plan(self, detail: StaffDetail) -> None:
        zone = shop.zone()
        at = leaving.day_typed("on", self.form.text("on"), zone)
        question = _("{name} leaves on {day}? With its last moment all of this ends for good; until then nothing changes.")
        asked = Confirm(question.format(name=detail.name, day=leaves_words(at, zone)), yes_label=_("Set the day"))
        if await self.app.push_screen_wait(asked):
            day = clock.day(at, zone)
            await self.ask(departures.plan, self._staff_id, day, reason=self.form.text("reason"), version=detail.version)
            self.toast(_("{name} leaves on {day}.").format(name=detail.name, day=leaves_words(at, zone)))
            scheduled(self.dismiss(True))

    def action_waiting(self) -> None:
        """Go to the conversations in which customers wait."""
        self.desk.go("chats", unanswered=True, staff_id=self._staff_id)

    @work(exclusive=True, group="change")
    async def action_unplan(self) -> None:
        """Take the day back, if the user is sure."""
        detail = self._detail
        if detail is None:
            return
        question = _("{name} stays? What they hold ends when it would have ended otherwise.").format(name=detail.name)
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Stays"))):
            with self.refusals_shown():
                await self.ask(departures.unplan, self._staff_id)
                self.toast(_("{name} stays.").format(name=detail.name))
                scheduled(self.dismiss(True))
                return
        self._look_again()

    @work(exclusive=True, group="change")
    async def action_succession(self) -> None:
        """Have a colleague stand in, or take over."""
        if self._detail is not None:
            await succession.begin(self, self._detail)
