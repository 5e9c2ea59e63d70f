"""The shop's own section: what it is called, and by which clock it counts its days."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models import clock
from models.errors import NothingChanged, Stale
from models.i18n import N_, _
from models.operations import shop as operations
from models.operations.shop import NAME_LIMIT
from models.queries import ownership, posture, shop
from models.queries.shop import ShopDetail
from screens.backup import BackupScreen
from screens.base import DeskScreen, DetailScreen, scheduled
from screens.give_shop import GiveShopScreen, OfferedShopScreen
from screens.languages import LANGUAGE_NAMES, language_name
from screens.policy import PolicyScreen
from screens.seats import SeatsScreen
from screens.sections import OWNER
from screens.widgets.fact_list import Fact, FactList
from screens.widgets.field import Choice, Control, Field
from screens.widgets.form import Form
from screens.widgets.list_view import ListView
from screens.widgets.zone_choice import ZoneChoice

FIELDS: Final = ("name", "code", "language", "zone")
"""What can be changed, as models call it."""

OFFER: Final = "offer"
"""The line of the offer of the shop."""


def settings_of(detail: ShopDetail) -> dict[str, str]:
    """What can be changed, as it stands in the fields of a form."""
    return {field: getattr(detail, field) for field in FIELDS}


class ShopScreen(DeskScreen):
    """The shop's name, code, language and time zone."""

    SECTION = "shop"
    ABOUT = N_("What the shop is called, which language it speaks to those who chose none, and the time zone of its days.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", N_("Edit"), tooltip=N_("Changes name, code, language or time zone."), show=False),
        Binding("p", "policy", N_("Policy"), tooltip=N_("Says what is asked of every account: phone codes, device keys, times, lengths.")),
        Binding("b", "backups", N_("Backups"), tooltip=N_("Says when the last good backup was made, and where; makes one.")),
        Binding("s", "seats", N_("Seats"), tooltip=N_("Says how many seats there are, and what they cost; buys, claims and ends them.")),
        Binding("g", "give", N_("Hand over"), tooltip=N_("Offers the shop to somebody who works here, or takes the offer back.")),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"edit": "shop.info.edit", "give": OWNER, "policy": OWNER, "backups": OWNER, "seats": OWNER}

    def compose_content(self) -> ComposeResult:
        """One list of facts."""
        yield FactList(choose=N_("Edit"))

    def arrive(self, **where: object) -> None:
        """Open the backups or the seats, where that is what somebody came for."""
        if where.get("backups"):
            self.action_backups()
        if where.get("seats"):
            self.action_seats()

    def reload(self) -> None:
        """Read the shop again."""
        here = shop.current()
        self.query_one(FactList).show_facts([*facts(here), *self._offer(here.zone)])

    def _offer(self, zone: str) -> list[Fact]:
        """The offer of the shop that is open, for the owner alone."""
        offer = self.read(ownership.offered) if self.may(OWNER) else None
        if offer is None:
            return []
        until = _("until {moment} ({distance})").format(moment=clock.minute(offer.until, zone), distance=clock.distance(offer.until))
        return [Fact(OFFER, _("Offered to"), (offer.heir, until), opens=True)]

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        if event.key == OFFER:
            self.action_give()
        elif self.may("shop.info.edit"):
            fact = self.query_one(FactList).fact_of(event.key)
            scheduled(self.app.push_screen(ShopEditScreen(fact.key if fact is not None else FIELDS[0])))

    def action_edit(self) -> None:
        """Change it."""
        scheduled(self.app.push_screen(ShopEditScreen()))

    def action_policy(self) -> None:
        """What is asked of every account."""
        with self.refusals_shown():
            scheduled(self.app.push_screen(PolicyScreen(self.read(posture.reach))))

    def action_backups(self) -> None:
        """The backups there are."""
        scheduled(self.app.push_screen(BackupScreen()))

    def action_seats(self) -> None:
        """The seats there are."""
        scheduled(self.app.push_screen(SeatsScreen()))

    def action_give(self) -> None:
        """Offer the shop to somebody; while an offer is open, look at that."""
        with self.refusals_shown():
            is_open = self.read(ownership.offered) is not None
            scheduled(self.app.push_screen(OfferedShopScreen() if is_open else GiveShopScreen()))


def facts(detail: ShopDetail) -> list[Fact]:
    """The shop in facts; those that can be changed open."""
    founded = _("{moment} ({distance})").format(
        moment=clock.minute(detail.founded_at, detail.zone), distance=clock.distance(detail.founded_at)
    )
    here = _("now it is {moment} there").format(moment=clock.minute(clock.now(), detail.zone))
    return [
        Fact("name", _("Shop's name"), (detail.name,), opens=True),
        Fact("code", _("Short code"), (detail.code, _("accounts are written {code}:login").format(code=detail.code)), opens=True),
        Fact("language", _("Language"), (language_name(detail.language),), opens=True),
        Fact("zone", _("Time zone"), (detail.zone, here), opens=True),
        Fact("owner", _("Owner"), (detail.owner,)),
        Fact("founded", _("Founded"), (founded,)),
    ]


class ShopEditScreen(DetailScreen):
    """Changes the shop's settings; what somebody else saved meanwhile is shown beside what was typed, and nothing is overwritten unseen.

    Args:
        first: the field to begin in.
    """

    SECTION = "shop"
    ABOUT = N_("The shop's settings. Enter goes on to the next field; ctrl+s saves from any of them.")

    def __init__(self, first: str = FIELDS[0]) -> None:
        super().__init__()
        self._first = first
        self._detail = shop.current()

    def heading(self) -> str:
        """The shop."""
        return _("Edit {name}").format(name=self._detail.name)

    def compose_content(self) -> ComposeResult:
        """What can be changed."""
        detail = self._detail
        yield Form(
            Field("name", _("Shop's name"), value=detail.name, limit=NAME_LIMIT),
            Field(
                "code",
                _("Short code"),
                value=detail.code,
                hint=_("Staff accounts are written with it in front, as {code}:login.").format(code=detail.code),
            ),
            Choice("language", _("Language"), LANGUAGE_NAMES, value=detail.language, hint=_("For everybody who chose none of their own.")),
            ZoneChoice(
                "zone",
                _("Time zone"),
                value=detail.zone,
                hint=_("Dates are shown in it. Ends that were set already stay the moments they are."),
            ),
        )

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Begin where one wanted to."""
        control = self.form.control_named(self._first) or self.form.controls[0]
        control.focus_control()

    def would_lose(self) -> str:
        """What was typed."""
        return _("Discard what was typed?") if self.form.is_changed else ""

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _save(self, event: Form.Submitted) -> None:
        typed = {field: event.form.text(field) for field in FIELDS}
        with self.refusals_shown(event.form):
            try:
                await self.ask(operations.edit, self._detail.version, **typed)
            except NothingChanged:
                scheduled(self.dismiss(None))
                return
            except Stale as stale:
                self._show_theirs(typed)
                self.toast(str(stale), bad=True)
                return
            self.toast(_("Saved."))
            scheduled(self.dismiss(None))
            self.desk.follow_language()

    def _show_theirs(self, typed: dict[str, str]) -> None:
        """Show what somebody else saved: in the fields that were not touched, and beside the ones that were."""
        before = settings_of(self._detail)
        self._detail = shop.current()
        for field, theirs in settings_of(self._detail).items():
            control = self.form.control_named(field)
            if isinstance(control, Control) and theirs != before[field]:
                if typed[field] == before[field]:
                    control.value = theirs
                elif typed[field] != theirs:
                    control.hint = _("Meanwhile somebody else wrote: {value}").format(value=theirs)
        self.refresh_top()
