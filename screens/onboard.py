"""Onboarding somebody: person, account and post, roles and extras, then the preview that is confirmed."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from models import clock
from models.errors import Stale, Wrong
from models.i18n import N_, _
from models.operations import onboarding as operations
from models.operations.codes import FreshCode
from models.operations.hand_over import account
from models.queries import access, activity, departments, drafts as draft_queries, shop, staff
from models.queries.access import Preview
from models.queries.staff import StaffFilter
from screens import seat_words
from screens.base import DetailScreen, scheduled
from screens.department_rows import SHOP, PeopleSource, places
from screens.dialogs.choose import Choose, Option
from screens.dialogs.confirm import Confirm
from screens.hand_over import HandOverScreen
from screens.onboard_access import colleague_access
from screens.onboard_draft import KIND, STEPS, OnboardDraft
from screens.onboard_keeping import DraftKeeper, taken_up
from screens.onboard_steps import account_form, arrival, person_form, show_colleague, show_hints
from screens.widgets import words
from screens.widgets.access_ticks import AccessTicks
from screens.widgets.field import Control
from screens.widgets.form import Form
from screens.widgets.list_view import ListView
from screens.widgets.preview import PreviewList

PERSON, ACCOUNT, ACCESS, CHECK = range(1, STEPS + 1)

_TITLES: Final = {
    PERSON: N_("Person"),
    ACCOUNT: N_("Account and post"),
    ACCESS: N_("Roles and extras"),
    CHECK: N_("Check what {name} will be able to do"),
}
_STEP_OF: Final = dict.fromkeys(("post", "days", "key", "device"), ACCOUNT) | dict.fromkeys(("role", "permission", "until"), ACCESS)
"""The step that a field stands in; all the others stand in the first."""


class OnboardScreen(DetailScreen):
    """Onboards one person. What was typed is kept at every step and found again by whoever comes back."""

    CSS_PATH = "onboard.tcss"
    SECTION = "staff"
    TAKES = "staff.manage"
    AUTO_FOCUS = "Form Entry, ListView"
    ABOUT = N_("Creates an account in four steps. Nothing is created before you have seen, to the end, what the person will be able to do.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", N_("I have checked this: create it"), tooltip=N_("Create the account; possible once the end was shown")),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"confirm": operations.PERMISSION}

    def __init__(self) -> None:
        super().__init__()
        self._draft = OnboardDraft()
        self._keeper = DraftKeeper(self)
        self._shown: Preview | None = None
        self._busy = False

    # ---- what is shown

    def heading(self) -> str:
        """Which step of how many."""
        step = self._draft.step
        title = _(_TITLES[step]).format(name=self._draft.name)
        return _("Onboard · {step} of {steps} · {title}").format(step=step, steps=STEPS, title=title)

    def compose_content(self) -> ComposeResult:
        """What stands in the way of all this, if anything does; and the step."""
        yield Static("", classes="seats")
        yield Container(self._step_widget(), id="step")

    def _step_widget(self) -> Widget:
        if self._draft.step == PERSON:
            return person_form(self._draft, places(shop.current().name, self.read(departments.tree), SHOP))
        if self._draft.step == ACCOUNT:
            return account_form(self._draft, self._find_colleague, self.read(activity.held))
        if self._draft.step == ACCESS:
            return AccessTicks(self._draft.access, self._judged, newcomer=True)
        return PreviewList(arrival(self._draft))

    def _find_colleague(self, typed: str) -> PeopleSource:
        return PeopleSource(self.read(staff.listing, StaffFilter(typed)), more="department")

    def reload(self) -> None:
        """Read again what is not being typed: seats, what may be given, what it amounts to."""
        full = seat_words.full_for(self)
        line = self.query_one(".seats", Static)
        line.display = bool(full)
        line.update(words.plain(f"{words.MAY_NOT} {full}"))
        for ticks in self.query(AccessTicks):
            ticks.reload()
        for shown in self.query(PreviewList):
            self._preview(shown)

    def _judged(self) -> Preview:
        """What the newcomer would be able to do.

        Raises:
            Refusal: something is beyond the reach of the person at work.
        """
        newcomer = self._draft.newcomer()
        return self.read(access.preview_newcomer, newcomer.login, newcomer.post, newcomer.roles, newcomer.extras)

    def _preview(self, shown: PreviewList) -> None:
        """Judge as things stand; what is otherwise than it was shown has to be read anew."""
        preview = self._judged()
        if preview != self._shown:
            self._shown = preview
            shown.show(preview, newcomer=True)
        self.refresh_bindings()

    # ---- from step to step

    async def _enter(self, step: int) -> None:
        """Come to a step."""
        self._draft.step = step
        self._shown = None
        self._keeper.touched()
        holder = self.query_one("#step", Container)
        await holder.remove_children()
        await holder.mount(self._step_widget())
        self.refresh_top()
        with self.refusals_shown():
            self.reload()
        self.screen.set_focus(next(iter(self.query("Form Entry, Form Choice, #step ListView")), None))
        self.refresh_bindings()

    @on(Form.Submitted)
    @work(exclusive=True, group="step")
    async def _typed(self, event: Form.Submitted) -> None:
        self._draft.take(event.form.values())
        with self.refusals_shown(event.form):
            if not self._complain(event.form):
                await self._enter(self._draft.step + 1)

    def _complain(self, form: Form) -> bool:
        """Say everything that is wrong in this step, each beside its field; whether anything is."""
        wrong = {each.field: str(each) for each in self.read(operations.complaints, self._draft.newcomer())}
        at_fault = [control for control in form.controls if control.name in wrong]
        for control in at_fault:
            control.error = wrong[control.name or ""]
        if at_fault:
            at_fault[0].focus_control()
        return bool(at_fault)

    @on(ListView.Chosen, "#offers")
    @work(exclusive=True, group="step")
    async def _ticked(self) -> None:
        with self.refusals_shown():
            self._judged()
            await self._enter(CHECK)

    @work(exclusive=True, group="step")
    async def action_back(self) -> None:
        """Go back a step; from the first, leave. What was typed is kept."""
        self._collect()
        if self._draft.step > PERSON:
            await self._enter(self._draft.step - 1)
            return
        if not self._draft.is_blank:
            self.toast(_("Kept. You can go on where you stopped."))
        scheduled(self.dismiss(None))

    # ---- keeping what was typed

    def _collect(self) -> None:
        for form in self.query(Form):
            self._draft.take(form.values())

    @on(Control.Changed)
    def _changed(self, event: Control.Changed) -> None:
        if event.field.id == "colleague":
            self._start_from(int(str(event.value)))
            return
        self._collect()
        self._keeper.touched()
        for form in self.query(Form):
            show_hints(form, self._draft)

    @on(AccessTicks.Changed)
    def _given(self) -> None:
        self._keeper.touched()

    @property
    def draft(self) -> OnboardDraft:
        """What was typed and ticked so far."""
        return self._draft

    def on_mount(self) -> None:
        """Offer what was kept the last time."""
        self._keeper.begin(self.actor)
        self._offer_kept()

    def on_unmount(self) -> None:
        """Whatever ends the screen, what was typed is kept."""
        self._keeper.end()

    @work(exclusive=True, group="dialog")
    async def _offer_kept(self) -> None:
        with self.refusals_shown():
            kept = self.read(draft_queries.kept, KIND)
            if kept is None:
                return
            found = self.read(taken_up, kept.payload)
            title = _("You were onboarding {name} ({when}).").format(name=found.name or "…", when=clock.distance(kept.saved_at))
            options = [Option("on", _("Go on")), Option("anew", _("Start anew"))]
            picked = await self.app.push_screen_wait(Choose(title, options, search=False))
            if picked is None:
                scheduled(self.dismiss(None))
            elif picked == "on":
                self._draft = found
                await self._enter(found.step)
            else:
                await self._keeper.drop()

    # ---- a colleague's access

    @work(exclusive=True, group="change")
    async def _start_from(self, staff_id: int) -> None:
        with self.refusals_shown():
            found = colleague_access(self.actor, staff_id)
            question = _("Tick what {name} has in place of what you ticked?").format(name=found.name)
            if not self._draft.access.is_empty and not await self.app.push_screen_wait(Confirm(question, yes_label=_("Replace"))):
                return
            self._draft.start_from(found.change)
            for form in self.query(Form):
                show_colleague(form, self._draft, found)
            self._keeper.touched()

    # ---- creating

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nobody is onboarded past the preview: until its end was shown, `y` is dimmed. What is kept apart is not confirmed at all."""
        if action == "confirm":
            barred = self._shown is not None and self._shown.barred
            if self._draft.step != CHECK or barred or super().check_action(action, parameters) is False:
                return False
            return True if not self._busy and any(shown.shown_to_the_end for shown in self.query(PreviewList)) else None
        return super().check_action(action, parameters)

    @on(PreviewList.ShownToTheEnd)
    def _ended(self) -> None:
        self.refresh_bindings()

    @work(group="change")
    async def action_confirm(self) -> None:
        """Create the account as the preview showed it."""
        if self._shown is None or self._busy:
            return
        self._busy = True
        try:
            with self.refusals_shown():
                await self._create(self._shown)
        finally:
            self._busy = False
            self.refresh_bindings()

    async def _create(self, seen: Preview) -> None:
        newcomer = self._draft.newcomer()
        try:
            fresh = await self.ask(operations.onboard, newcomer, seen=seen.seen)
        except Stale as stale:
            self.toast(str(stale), bad=True)
            await self._enter(CHECK)
            return
        except Wrong as wrong:
            await self._go_to(wrong)
            return
        await self._keeper.finish()
        self._hand_over(fresh, self._draft.name)

    async def _go_to(self, wrong: Wrong) -> None:
        """Show what is wrong where it was typed: meanwhile somebody may have taken the login, or closed the department."""
        self._draft = self.read(taken_up, self._draft.payload())
        await self._enter(_STEP_OF.get(wrong.field, PERSON))
        if not any(form.show(wrong) for form in self.query(Form)):
            self.toast(str(wrong), bad=True)

    def _hand_over(self, fresh: FreshCode, name: str) -> None:
        """The card, in place of the wizard."""
        card: Any = HandOverScreen(account(fresh.login), name, fresh.code, fresh.expires_at)
        scheduled(self.app.switch_screen(card))
