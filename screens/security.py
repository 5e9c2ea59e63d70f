"""Security: what there is to do about it, how each account is protected, and who could not come in. The owner's section."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models import clock
from models.catalogue import ACTIVE, FROZEN, INVITED
from models.i18n import N_, _, ngettext
from models.operations import staff as operations
from models.queries import failures, posture, protection, shop
from models.queries.protection import Protected, Wanted
from screens import security_acts
from screens.base import DeskScreen, scheduled
from screens.devices import DevicesScreen
from screens.dialogs.confirm import Confirm
from screens.leaving import FREEZE, UNFREEZE
from screens.parts import PartsScreen
from screens.security_limits import LimitsScreen
from screens.security_rows import ADVICE, FAILURES, FINDINGS, PEOPLE, FailureSource, PeopleList, PeopleSource, finding_row
from screens.staff_detail import StaffDetailScreen
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListSource, ListView
from screens.widgets.said import Said

POSTURE: Final = "posture"
PEOPLE_PART: Final = "people"
FAILURES_PART: Final = "failures"

_OF_PEOPLE: Final = {
    "search": None,
    "reset": {ACTIVE, FROZEN},
    "limits": {INVITED, ACTIVE, FROZEN},
    "devices": {INVITED, ACTIVE, FROZEN},
    "code": None,
    "freeze": {ACTIVE, INVITED},
    "unfreeze": {FROZEN},
}
"""What goes in the list of people only, and with whom."""


class SecurityScreen(DeskScreen, PartsScreen[Wanted]):
    """Posture, accounts, failed sign-ins: one part at a time."""

    CSS_PATH = "security.tcss"
    AUTO_FOCUS = f"#{POSTURE}"
    SECTION = "security"
    PARTS: ClassVar = {
        POSTURE: ("p", N_("Posture")),
        PEOPLE_PART: ("a", N_("Accounts")),
        FAILURES_PART: ("f", N_("Failed sign-ins")),
    }
    ABOUT = N_("What there is to do about the shop's security, how each account is protected, and who could not come in.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "part('posture')", N_("Posture"), show=False, tooltip=N_("What there is to do something about")),
        Binding("a", "part('people')", N_("Accounts"), show=False, tooltip=N_("How each account is protected")),
        Binding("f", "part('failures')", N_("Failed sign-ins"), show=False, tooltip=N_("Who could not come in, and why")),
        Binding("tab,right", "turn(1)", N_("Next part")),
        Binding("shift+tab,left", "turn(-1)", N_("Part before"), show=False),
        Binding("slash", "search", N_("Search"), show=False, tooltip=N_("Search by name, login, number, phone, pinyin or initials")),
        Binding("r", "reset", N_("Reset"), tooltip=N_("Void a password or phone codes that were lost; the person gets a reset code")),
        Binding("c", "code", N_("New code"), tooltip=N_("Make a new activation or reset code; the one before it stops working")),
        Binding("z", "freeze", N_("Freeze"), tooltip=N_("Shut the person out at once; unfreezing lets them back in")),
        Binding("z", "unfreeze", N_("Unfreeze"), tooltip=N_("Let the person back in")),
        Binding("i", "limits", N_("Limits"), tooltip=N_("Say from where and when the person may sign in")),
        Binding("d", "devices", N_("Device keys"), tooltip=N_("Show the SSH keys of the person's devices; enrol and revoke them")),
        Binding("escape", "clear", N_("Back"), tooltip=N_("Take away what was searched for; go back to the posture")),
        Binding("down", "to_list", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(POSTURE, Wanted())
        self._source: PeopleSource | None = None
        self._failures: FailureSource | None = None

    def compose_content(self) -> ComposeResult:
        """A line for the parts, then all of them, of which one is seen."""
        yield Said(id="parts")
        yield Entry(self._wanted.query, placeholder=_("/ name, login, number, phone, pinyin or initials"), id="search")
        yield Said(id="shown")
        yield ListView(*FINDINGS, choose=N_("Show who"), header=False, empty=self._nothing, id=POSTURE)
        yield PeopleList(*PEOPLE, empty=self._nobody, sort=("login", "up"), id=PEOPLE_PART)
        yield ListView(*FAILURES, empty=lambda: _("Nothing to do: nobody failed to sign in."), id=FAILURES_PART)
        yield Said(id="says")

    @property
    def current(self) -> Protected | None:
        """The person under the cursor, in the list of people."""
        return self._source.person(self.list.key) if self._source and self._part == PEOPLE_PART else None

    # ---- showing

    def reload(self) -> None:
        """Read again what the part shows."""
        for part in self.PARTS:
            self.query_one(f"#{part}").display = part == self._part
        self.query_one("#search").display = self._part == PEOPLE_PART
        self.query_one("#says").display = self._part == POSTURE
        self.query_one("#parts", Said).update(self._parts())
        {POSTURE: self._show_posture, PEOPLE_PART: self._show_people, FAILURES_PART: self._show_failures}[self._part]()

    def _show_posture(self) -> None:
        found = self.read(posture.posture)
        self.list.show(ListSource([finding_row(each) for each in found]))
        lately = self.read(failures.lately, clock.now())
        failed = ngettext("{n} failed sign-in within a day", "{n} failed sign-ins within a day", lately).format(n=lately)
        todo = ngettext("{n} thing to do something about", "{n} things to do something about", len(found)).format(n=len(found))
        self._say_shown(f"{todo} · {failed}")

    def _show_people(self) -> None:
        self._source = PeopleSource(self.read(protection.listing, self._wanted), shop.zone())
        self.list.show(self._source, sort=(self._wanted.sort, "down" if self._wanted.descending else "up"))
        number = self.list.count
        whose = _(posture.LABELS[self._wanted.finding]) if self._wanted.finding else _("Everybody who has not left")
        self._say_shown(f"{whose} · {ngettext('{n} person', '{n} people', number).format(n=number)}")

    def _show_failures(self) -> None:
        self._failures = FailureSource(self.read(failures.listing), shop.zone())
        self.list.show(self._failures)
        number = self.list.count
        self._say_shown(ngettext("{n} failed sign-in, the newest first", "{n} failed sign-ins, the newest first", number).format(n=number))

    def show_found(self) -> None:
        """People are what is looked for here."""
        self._show_people()

    def _say_shown(self, said: str) -> None:
        self.query_one("#shown", Said).update(said)

    def _nothing(self) -> str:
        return _("Nothing to do: every account is protected as it should be. `a` shows how.")

    def _nobody(self) -> str:
        if self._wanted.query:
            return _("Nobody is found. `esc` clears what you look for.")
        return _("Nothing to do: nobody is left here. `esc` goes back.")

    @on(ListView.CursorMoved)
    def _moved(self, event: ListView.CursorMoved) -> None:
        if event.list is self.list:
            advice = _(ADVICE[str(event.key)]) if self._part == POSTURE and event.key is not None else ""
            self.query_one("#says", Said).update(words.with_keys(advice))
            self.refresh_bindings()

    # ---- going about

    def wanted_anew(self) -> Wanted:
        """Everybody, in the order that was chosen."""
        return Wanted(sort=self._wanted.sort, descending=self._wanted.descending)

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        if self._part == POSTURE:
            self._wanted = Wanted(finding=str(event.key))
            self._open(PEOPLE_PART)
            return
        failure = self._failures.failure(event.key) if self._failures and self._part == FAILURES_PART else None
        staff_id = int(event.key) if self._part == PEOPLE_PART else failure.staff_id if failure else None
        if staff_id is not None:
            scheduled(self.app.push_screen(StaffDetailScreen(staff_id)))

    def action_clear(self) -> None:
        """Take away what was searched for; then go back to the posture."""
        if self._wanted.query or self.focused is not self.list:
            self._wanted = self._wanted._replace(query="")
            self._open(PEOPLE_PART)
        else:
            self.action_part(POSTURE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what goes in the part that is seen, with the person under the cursor."""
        if not self.is_mounted:
            return super().check_action(action, parameters)
        if action == "to_list":
            return self.focused is not self.list
        if action == "clear":
            return self._part != POSTURE
        if action in _OF_PEOPLE:
            return self._part == PEOPLE_PART and self._goes(action) and bool(super().check_action(action, parameters))
        return super().check_action(action, parameters)

    def _goes(self, action: str) -> bool:
        if action == "search":
            return True
        if (person := self.current) is None or (person.is_owner and action != "devices"):
            return False
        fitting = _OF_PEOPLE[action]
        return person.awaits_code if fitting is None else person.status in fitting

    # ---- changing

    @work(exclusive=True, group="change")
    async def action_reset(self) -> None:
        """Reset what the person under the cursor has lost."""
        if (person := self.current) is not None:
            await security_acts.reset(self, person)
            self._again()

    @work(exclusive=True, group="change")
    async def action_code(self) -> None:
        """Make a new activation or reset code for the person under the cursor."""
        if (person := self.current) is not None:
            await security_acts.new_code(self, person.id, person.name, security_acts.was_reset(person))
            self._again()

    @work(exclusive=True, group="change")
    async def action_freeze(self) -> None:
        """Freeze the person under the cursor, if the user is sure."""
        if (person := self.current) is not None:
            question = _(FREEZE).format(name=person.name)
            await self._do(question, _("Freeze"), _("{name} is frozen."), operations.freeze, person)

    @work(exclusive=True, group="change")
    async def action_unfreeze(self) -> None:
        """Let the person under the cursor back in, if the user is sure."""
        if (person := self.current) is not None:
            question = _(UNFREEZE).format(name=person.name)
            await self._do(question, _("Unfreeze"), _("{name} is no longer frozen."), operations.unfreeze, person)

    async def _do(self, question: str, yes: str, done: str, act: Any, person: Protected) -> None:
        if await self.app.push_screen_wait(Confirm(question, yes_label=yes)):
            with self.refusals_shown():
                await self.ask(act, person.id)
                self.toast(done.format(name=person.name))
            self._again()

    def _again(self) -> None:
        with self.refusals_shown():
            self.reload()

    def action_limits(self) -> None:
        """Say from where and when the person under the cursor may sign in."""
        if (person := self.current) is not None:
            scheduled(self.app.push_screen(LimitsScreen(person)))

    def action_devices(self) -> None:
        """Show the device keys of the person under the cursor."""
        if (person := self.current) is not None:
            scheduled(self.app.push_screen(DevicesScreen(person.id, person.name)))
