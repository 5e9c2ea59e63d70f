"""The last section, everybody's own: what one may do, through what and until when, and one's own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.errors import SessionEnded
from models.i18n import N_, _
from models.operations import staff as operations
from models.queries import access, devices, security, shop, sign_ins, staff
from models.rules.access import Verdict
from screens import audit_ways, my_access_facts, my_security_facts as security_facts, sharing, sharing_words, staff_facts
from screens.base import DeskScreen, scheduled
from screens.devices import DevicesScreen
from screens.dialogs.choose import Choose, Option
from screens.dialogs.why import WhyDialog, permission_options
from screens.languages import LANGUAGE_NAMES, language_name
from screens.my_security import MySecurityScreen
from screens.my_security_sign_ins import SignInsScreen
from screens.requests import RequestsScreen
from screens.sections import OWNER
from screens.staff_edit import StaffEditScreen
from screens.staff_facts import PERMISSION
from screens.widgets.fact_list import Fact, FactList
from screens.widgets.list_view import ListView

SHOPS: Final = "shop"
"""The option of having no language of one's own."""

WIDE: Final = 100
"""Cells from which on a permission's line has room for everything about it."""

SECURITY: Final = frozenset(
    {
        security_facts.PASSWORD,
        security_facts.TOTP,
        security_facts.RECOVERY,
        security_facts.DEVICES,
        security_facts.FAILED,
        security_facts.OPEN,
    }
)
"""The facts from which Enter leads to one's own security."""


class MyAccessScreen(DeskScreen):
    """Who one is here, what one was given, what that amounts to, and how one's account is protected."""

    SECTION = "me"
    ABOUT = N_("Your account: what you may do, through what and until when, and who gave it to you. Left and right go from part to part.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "why", N_("Why?"), tooltip=N_("Says of any permission whether you have it, why, and who could give it to you.")),
        Binding("a", "all", N_("Show all"), tooltip=N_("Shows also what you may not do, or hides it again.")),
        Binding("r", "requests", N_("Requests"), tooltip=N_("What you asked for and what became of it; asks for more.")),
        Binding("s", "security", N_("My security"), tooltip=N_("Your password, phone codes, sessions and sign-ins.")),
        Binding("b", "history", N_("What you did"), tooltip=N_("Shows everything that the log has you doing.")),
        Binding("e", "edit", N_("Edit"), tooltip=N_("Changes your nickname, phone and e-mail.")),
        Binding("l", "language", N_("Language"), tooltip=N_("Chooses the language that is spoken to you.")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._all = False
        self._whole = False
        self.key_labels: dict[str, str] = {}
        self._verdicts: Mapping[str, Verdict] = {}
        self._chooses: str | None = None

    def compose_content(self) -> ComposeResult:
        """One list, part under part."""
        yield FactList(choose=N_("Why?"))

    @property
    def facts(self) -> FactList:
        """Everything about oneself."""
        return self.query_one(FactList)

    @property
    def me(self) -> int:
        """The id of who is signed in.

        Raises:
            SessionEnded: nobody is.
        """
        if (staff_id := self.actor.staff_id) is None:
            raise SessionEnded
        return staff_id

    def reload(self) -> None:
        """Read everything again."""
        detail, here = self.read(staff.detail, self.me), shop.current()
        self._verdicts = self.read(access.of, self.me)
        facts = [
            *staff_facts.person(detail, here.code, here.zone, sharing_words.fact(detail, self._verdicts, here.zone)),
            my_access_facts.language(detail.language, here.language),
            *staff_facts.given(self.read(staff.grants, self.me), here.zone, is_owner=detail.is_owner),
            *my_access_facts.may(self._verdicts, here.zone, everything=self._all, whole=self._whole),
            *self._protection(here.zone),
        ]
        self.facts.show_facts(facts)

    def on_resize(self, event: events.Resize) -> None:
        """Say more where there is more room."""
        whole = event.size.width >= WIDE
        if whole != self._whole:
            self._whole = whole
            if self.facts.facts:
                with self.refusals_shown():
                    self.reload()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """To whom may everything, there is nothing more to show, and nothing to ask for."""
        if action == "requests":
            return not self.may(OWNER)
        if action == "all":
            return any(not verdict.allowed for verdict in self._verdicts.values())
        return super().check_action(action, parameters)

    def _protection(self, zone: str) -> list[Fact]:
        """How one's own account is protected, in short; the screen behind it has the whole."""
        open_now, failed = self.read(sign_ins.open_sessions), self.read(sign_ins.failed)
        own, keys, limited = self.read(security.own), self.read(devices.own), self.read(sign_ins.sign_in_limits)
        return security_facts.summary(own, keys, limited, open_now, failed, zone)

    def arrive(self, **where: object) -> None:
        """Come to one's own security, `security`, to one's own device keys, `devices`, requests, `requests`, or sign-ins, `history`."""
        if where.get("security"):
            self.action_security()
        if where.get("devices"):
            scheduled(self.app.push_screen(DevicesScreen(self.me)))
        if where.get("requests"):
            self.action_requests()
        if where.get("history"):
            scheduled(self.app.push_screen(SignInsScreen()))

    @on(ListView.CursorMoved)
    def _moved(self) -> None:
        fact = self.facts.fact
        chooses = "" if fact is None or not fact.opens else N_("Open") if fact.key in SECURITY else N_("Why?")
        if self._chooses != chooses:
            self._chooses = chooses
            self.facts.key_labels = {"choose": chooses}
            self.refresh_bindings()

    @on(ListView.Chosen)
    def _chosen(self) -> None:
        fact = self.facts.fact
        if (code := self._code) is not None:
            scheduled(self.app.push_screen(WhyDialog(self.me, code)))
        elif fact is not None and fact.key == sharing_words.SHARING:
            scheduled(self.app.push_screen(WhyDialog(self.me, sharing.code(self._verdicts))))
        elif fact is not None and fact.key in SECURITY:
            scheduled(self.app.push_screen(MySecurityScreen(fact.key)))

    def action_requests(self) -> None:
        """What one asked for, and what became of it."""
        scheduled(self.app.push_screen(RequestsScreen()))

    def action_security(self) -> None:
        """What protects one's own account, and who came in with it."""
        scheduled(self.app.push_screen(MySecurityScreen()))

    def action_history(self) -> None:
        """What one did oneself, as the log has it."""
        scheduled(self.app.push_screen(audit_ways.by_person(self.actor.name, self.actor.name)))

    @property
    def _code(self) -> str | None:
        """The permission under the cursor."""
        fact = self.facts.fact
        return fact.key.removeprefix(PERMISSION) if fact is not None and fact.key.startswith(PERMISSION) else None

    @work(exclusive=True, group="change")
    async def action_why(self) -> None:
        """Say why of the permission under the cursor; elsewhere, of one that is chosen from all."""
        code = self._code or await self._choose_permission()
        if code is not None:
            scheduled(self.app.push_screen(WhyDialog(self.me, code)))

    async def _choose_permission(self) -> str | None:
        picked = await self.app.push_screen_wait(Choose(_("Which permission?"), permission_options(self._verdicts)))
        return None if picked is None else str(picked)

    def action_all(self) -> None:
        """Show also what one may not do, or hide it again."""
        self._all = not self._all
        self.key_labels = {"all": N_("Show mine")} if self._all else {}
        with self.refusals_shown():
            self.reload()
        self.refresh_bindings()

    def action_edit(self) -> None:
        """Change one's own profile."""
        scheduled(self.app.push_screen(StaffEditScreen(self.me)))

    @work(exclusive=True, group="change")
    async def action_language(self) -> None:
        """Choose one's own language."""
        with self.refusals_shown():
            chosen, shops = self.read(staff.detail, self.me).language, shop.current().language
            options = [Option(language, name) for language, name in LANGUAGE_NAMES]
            options.append(Option(SHOPS, _("The shop's: {language}").format(language=language_name(shops))))
            picked = await self.app.push_screen_wait(Choose(_("Language"), options, current=chosen or SHOPS))
            if picked is None or picked == (chosen or SHOPS):
                return
            await self.ask(operations.set_language, None if picked == SHOPS else str(picked))
            self.desk.follow_language()
            self.reload()
