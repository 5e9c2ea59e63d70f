"""One person: who they are, what they may do and why, how safe the account is, and what was done to it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from models.catalogue import INVITED, LEFT, status_label
from models.errors import OutOfReach, Refusal
from models.i18n import N_, _
from models.operations import staff as operations
from models.operations.codes import RESET
from models.queries import access, audit, departments, protection, reach, shop, staff
from models.queries.protection import Protected
from models.queries.staff import StaffDetail
from models.rules.access import Verdict
from screens import audit_ways, seat_words, security_acts, sharing, sharing_words, staff_facts, staff_keys, succession
from screens.access_change import AccessChangeScreen
from screens.base import DetailScreen, scheduled
from screens.department_rows import SHOP, places
from screens.devices import DevicesScreen
from screens.dialogs.choose import Choose
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.dialogs.why import WhyDialog, permission_options
from screens.leave import LeaveScreen
from screens.leaving import FREEZE, UNFREEZE
from screens.security_facts import DEVICES
from screens.security_limits import LimitsScreen
from screens.sharing_words import SHARING
from screens.staff_edit import StaffEditScreen
from screens.staff_rows import called
from screens.widgets import words
from screens.widgets.fact_list import FactList
from screens.widgets.list_view import ListView

_OPENS: Final = {DEVICES: N_("Open"), SHARING: N_("Change")}
"""What Enter does on a fact, where it is not to say why."""


class StaffDetailScreen(DetailScreen):
    """A person's profile.

    Args:
        staff_id: whose.
    """

    SECTION = "staff"
    AUTO_FOCUS = "FactList"
    ABOUT = N_("A person's profile: who they are, what was given to them, what that amounts to, and what was done to the account.")
    BINDINGS: ClassVar[list[BindingType]] = staff_keys.BINDINGS
    NEEDS: ClassVar[dict[str, str]] = staff_keys.NEEDS

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._detail: StaffDetail | None = None
        self._refusal: Refusal | None = None
        self._protected: Protected | None = None
        self._verdicts: dict[str, Verdict] = {}
        self._opens = ""

    def compose_content(self) -> ComposeResult:
        """One list of everything."""
        yield FactList(choose=N_("Why?"))

    def heading(self) -> str:
        """Name, login and status."""
        if self._detail is None:
            return ""
        name = called(self._detail.name, self._detail.nickname)
        return f"{name} · {self._detail.login} · {words.STATUS_MARKS[self._detail.status]} {status_label(self._detail.status)}"

    def reload(self) -> None:
        """Read the person again."""
        detail = self.read(staff.detail, self._staff_id)
        here, verdicts = shop.current(), self.read(access.of, self._staff_id)
        own = detail.id == self.actor.staff_id
        refusal = None if own and not self.may("staff.view") else self.read(reach.in_the_way, self._staff_id)
        self._detail, self._refusal, self._verdicts = detail, refusal, verdicts
        sees = (own or (self.may(RESET) and refusal is None)) and detail.status != LEFT
        self._protected = self.read(protection.of, self._staff_id) if sees else None
        managing = any(self.may(code) for code in ("staff.manage", "staff.freeze", "staff.offboard"))
        hotkey = sharing_words.KEY if self.check_action("sharing", ()) else ""
        chats = sharing_words.fact(detail, verdicts, here.zone, hotkey=hotkey)
        facts = staff_facts.person(detail, here.code, here.zone, chats, refusal if managing and isinstance(refusal, OutOfReach) else None)
        facts += staff_facts.given(self.read(staff.grants, self._staff_id), here.zone, is_owner=detail.is_owner)
        facts += staff_facts.amounts(verdicts, here.zone, detail.status)
        facts += staff_facts.security(detail, here.zone, self._protected)
        if own or self.may("audit.view"):
            facts += staff_facts.activity(self.read(audit.about, "staff", self._staff_id).rows, here.zone)
        self.facts.show_facts(facts)
        self.refresh_top()
        self.refresh_bindings()

    # ---- what goes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what goes with the person's status; what reaches too far is shown and dimmed, and the list says why."""
        detail, actor = self._detail, self.desk.actor
        own = detail is not None and actor is not None and detail.id == actor.staff_id
        if action == "devices":
            return self._protected is not None
        if action == "edit":
            return detail is not None and self._may_edit(detail, own=own)
        offered = super().check_action(action, parameters)
        return offered if action not in staff_keys.FITTING else bool(offered) and detail is not None and self._fits(action, detail, own=own)

    def _fits(self, action: str, detail: StaffDetail, *, own: bool) -> bool | None:
        """Whether the person's status and the reader's reach let an action be offered; None for shown and dimmed."""
        if detail.status not in staff_keys.FITTING[action] or (action == "code" and not self._may_renew(detail)):
            return False
        if own and action == ("move" if detail.is_owner else "succession"):
            return True
        return True if self._refusal is None else None if isinstance(self._refusal, OutOfReach) else False

    def _may_renew(self, detail: StaffDetail) -> bool:
        """A code is for who is invited, and for who has not come back in after a reset."""
        if detail.status == INVITED:
            return self.may("staff.manage")
        return self._protected is not None and self._protected.awaits_code and self.may(RESET)

    def _may_edit(self, detail: StaffDetail, *, own: bool) -> bool | None:
        """One's own profile is one's own to edit; the owner's is nobody else's."""
        if own:
            return True
        if detail.is_owner or not self.may("staff.manage"):
            return False
        return True if self._refusal is None else None

    @property
    def facts(self) -> FactList:
        """The list."""
        return self.query_one(FactList)

    @property
    def code(self) -> str | None:
        """The permission under the cursor."""
        fact = self.facts.fact
        is_one = fact is not None and fact.key.startswith(staff_facts.PERMISSION)
        return fact.key.removeprefix(staff_facts.PERMISSION) if fact is not None and is_one else None

    @on(ListView.CursorMoved)
    def _moved(self) -> None:
        fact = self.facts.fact
        opens = "" if fact is None or not fact.opens else _OPENS.get(fact.hotkey and fact.key, N_("Why?"))
        if opens != self._opens:
            self._opens = opens
            self.facts.key_labels = {"choose": opens}
            self.refresh_bindings()

    @on(ListView.Chosen)
    def _chosen(self) -> None:
        if self.code is not None:
            scheduled(self.app.push_screen(WhyDialog(self._staff_id, self.code)))
        elif (fact := self.facts.fact) is not None and fact.key == DEVICES:
            self.action_devices()
        elif fact is not None and fact.key == SHARING and fact.hotkey:
            self.action_sharing()
        elif fact is not None and fact.key == SHARING:
            scheduled(self.app.push_screen(WhyDialog(self._staff_id, sharing.code(self._verdicts))))

    # ---- looking

    @work(exclusive=True, group="change")
    async def action_why(self) -> None:
        """Choose a permission, starting from the one under the cursor, and say whether and why."""
        title = _("Which permission of {name}?").format(name=self._called)
        picked = await self.app.push_screen_wait(Choose(title, permission_options(self._verdicts), current=self.code))
        if picked is not None:
            scheduled(self.app.push_screen(WhyDialog(self._staff_id, str(picked))))

    @property
    def _called(self) -> str:
        return self._detail.name if self._detail else ""

    def action_history(self) -> None:
        """Show what was done to the account."""
        scheduled(self.app.push_screen(audit_ways.of_thing("staff", self._staff_id, self._called)))

    # ---- changing

    def action_edit(self) -> None:
        """Change the profile."""
        scheduled(self.app.push_screen(StaffEditScreen(self._staff_id)))

    def action_access(self) -> None:
        """Change roles, extras or post."""
        scheduled(self.app.push_screen(AccessChangeScreen(self._staff_id)))

    @work(exclusive=True, group="change")
    async def action_sharing(self) -> None:
        """Choose whose chat records the person reads."""
        if self._detail is not None:
            with self.refusals_shown():
                await sharing.change(self, self._detail, self._verdicts)

    @work(exclusive=True, group="change")
    async def action_move(self) -> None:
        """Put the person into another department."""
        detail = self._detail
        if detail is None:
            return
        options = places(shop.current().name, self.read(departments.tree), SHOP)
        title = _("Move {name} to").format(name=detail.name)
        picked = await self.app.push_screen_wait(Choose(title, options, current=detail.department_id or SHOP))
        if picked is not None:
            done = _("{name} was moved.").format(name=detail.name)
            await self._do(done, operations.move, int(picked) or None, version=detail.version)

    @work(exclusive=True, group="change")
    async def action_freeze(self) -> None:
        """Shut the person out, if the user is sure."""
        question = _(FREEZE).format(name=self._called)
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Freeze"))):
            await self._do(_("{name} is frozen.").format(name=self._called), operations.freeze)

    @work(exclusive=True, group="change")
    async def action_unfreeze(self) -> None:
        """Let the person back in, if the user is sure."""
        question = _(UNFREEZE).format(name=self._called)
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Unfreeze"))):
            await self._do(_("{name} is no longer frozen.").format(name=self._called), operations.unfreeze)

    def action_offboard(self) -> None:
        """Show what ends when the person leaves, and when that is to be."""
        scheduled(self.app.push_screen(LeaveScreen(self._staff_id)))

    @work(exclusive=True, group="change")
    async def action_succession(self) -> None:
        """Have a colleague stand in, or take over."""
        if self._detail is not None:
            await succession.begin(self, self._detail)

    @work(exclusive=True, group="change")
    async def action_reinstate(self) -> None:
        """Bring the person back, if the user is sure, and show the code; say what is to be done where no seat is free."""
        if full := seat_words.full_for(self):
            await self.app.push_screen_wait(Tell(_("{name} cannot come back yet").format(name=self._called), [full]))
            return
        question = _("Reinstate {name}? They come back with no access: give it anew afterwards.").format(name=self._called)
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Reinstate"))):
            with self.refusals_shown():
                security_acts.hand_over(self, await self.ask(operations.reinstate, self._staff_id), self._called)

    @work(exclusive=True, group="change")
    async def action_code(self) -> None:
        """Make a new activation or reset code, if the user is sure, and show it."""
        what = security_acts.was_reset(self._protected) if self._protected else None
        await security_acts.new_code(self, self._staff_id, self._called, what)

    @work(exclusive=True, group="change")
    async def action_reset(self) -> None:
        """Reset what the person has lost, and show the code."""
        if self._protected is not None:
            await security_acts.reset(self, self._protected)

    def action_limits(self) -> None:
        """Say from where and when the person may sign in."""
        if self._protected is not None:
            scheduled(self.app.push_screen(LimitsScreen(self._protected)))

    def action_devices(self) -> None:
        """Show the person's device keys."""
        scheduled(self.app.push_screen(DevicesScreen(self._staff_id, self._called)))

    async def _do(self, done: str, act: Any, *args: Any, **kwargs: Any) -> None:
        """Run an operation on the person, say that it is done, and show what became of it."""
        with self.refusals_shown():
            await self.ask(act, self._staff_id, *args, **kwargs)
            self.toast(done)
        with self.refusals_shown():
            self.reload()
