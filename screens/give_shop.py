"""Handing the shop over, as its owner does it: the offer, and while it is open the way to take it back."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models import clock
from models.catalogue import ACTIVE, OPERATIONS, POSTS, post_label
from models.errors import Invalid, OfferGone, OwnAccount, WrongProof
from models.i18n import N_, _
from models.operations import ownership as operations
from models.queries import ownership, shop, staff
from models.queries.ownership import OfferRow
from models.queries.staff import StaffFilter
from screens.base import DetailScreen, scheduled
from screens.department_rows import PeopleSource
from screens.dialogs.confirm import Confirm
from screens.form_screen import FormScreen
from screens.person_choice import PersonChoice
from screens.sections import OWNER
from screens.widgets import words
from screens.widgets.fact_list import Fact, FactList
from screens.widgets.field import Choice, Field
from screens.widgets.form import Form
from screens.widgets.list_view import ListSource, Source


class GiveShopScreen(FormScreen):
    """Offers the shop to somebody who works here: who, what the owner becomes, and the owner's password."""

    SECTION = "shop"
    TAKES = OWNER
    CSS_PATH = "give_shop.tcss"
    ABOUT = N_(
        "Offers the shop to somebody who works here. Nothing changes before they accept, with their password and a phone code; until "
        "then you can take the offer back."
    )

    def heading(self) -> str:
        """Which shop."""
        return _("Hand over {shop}").format(shop=shop.current().name)

    def compose_content(self) -> ComposeResult:
        """What it means, and what is asked for."""
        posts = [(post, post_label(post)) for post in POSTS]
        yield Static(words.plain("\n".join(meaning())), classes="said")
        yield Form(
            PersonChoice("heir", _("To whom"), self._find, self._called, hint=_("Somebody active. Enter finds them.")),
            Choice("post", _("You keep"), posts, value=OPERATIONS, hint=_("The post that you have then.")),
            Field("password", _("Your password"), password=True),
            submit=N_("Offer"),
        )

    def _find(self, typed: str) -> Source:
        found: list[Source] = []
        with self.refusals_shown():
            found.append(PeopleSource(self.read(staff.listing, StaffFilter(query=typed, status=ACTIVE)), more="department"))
        return found[0] if found else ListSource()

    def _called(self, staff_id: int) -> str:
        detail = self.read(staff.detail, staff_id)
        return f"{detail.name} ({detail.login})"

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _submitted(self, event: Form.Submitted) -> None:
        form = event.form
        with self.refusals_shown(form):
            heir = form.query_one(PersonChoice)
            if heir.chosen is None:
                raise Invalid("heir", N_("Choose who is to have the shop."))
            if heir.chosen == self.actor.staff_id:
                raise Invalid("heir", N_("That is you."))
            if not form.text("password"):
                raise Invalid("password", N_("Type your password."))
            question = _("Offer the shop to {name}?").format(name=heir.person)
            if not await self.app.push_screen_wait(Confirm(question, yes_label=_("Offer"), detail=meaning())):
                return
            await self._offer(form, int(heir.chosen))

    async def _offer(self, form: Form, heir_id: int) -> None:
        try:
            await self.ask(operations.offer, heir_id, form.text("post"), form.text("password"))
        except WrongProof as wrong:
            raise Invalid("password", N_("That is not your password.")) from wrong
        except OwnAccount as own:
            raise Invalid("heir", N_("That is you.")) from own
        self.toast(_("Offered."))
        scheduled(self.dismiss(None))


class OfferedShopScreen(DetailScreen):
    """The offer that is open: to whom, until when, and the way to take it back."""

    SECTION = "shop"
    TAKES = OWNER
    ABOUT = N_("The offer of the shop that is open. It ends by itself; until it is accepted you can take it back.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "withdraw", N_("Withdraw"), tooltip=N_("Takes the offer back; the shop stays yours.")),
    ]

    def heading(self) -> str:
        """Which shop."""
        return _("Hand over {shop}").format(shop=shop.current().name)

    def compose_content(self) -> ComposeResult:
        """One list of facts."""
        yield FactList()

    def reload(self) -> None:
        """Read the offer again; where it is gone, so is the screen."""
        offer = self.read(ownership.offered)
        if offer is None:
            self.toast(str(OfferGone()), bad=True)
            scheduled(self.dismiss(None))
            return
        self.query_one(FactList).show_facts(facts(offer, shop.zone()))

    @work(exclusive=True, group="change")
    async def action_withdraw(self) -> None:
        """Take the offer back."""
        with self.refusals_shown():
            await self.ask(operations.withdraw)
            self.toast(_("Withdrawn. The shop stays yours."))
            scheduled(self.dismiss(None))


def meaning() -> list[str]:
    """What it means to hand the shop over, a sentence each."""
    return [
        _("The heir accepts within 24 hours, signed in, with their password and a phone code. Until then nothing changes."),
        _("They hold every permission then, and alone can hand the shop on."),
        _("You stay, with the post that you keep and no roles: they decide what you get. You are signed out."),
    ]


def facts(offer: OfferRow, zone: str) -> list[Fact]:
    """The offer, as its owner sees it."""
    until = _("{moment} ({distance})").format(moment=clock.minute(offer.until, zone), distance=clock.distance(offer.until))
    goes_on = _("They find it on their home screen. Until they accept, nothing changes; w takes the offer back.")
    return [
        Fact("heir", _("Offered to"), (f"{offer.heir} ({offer.heir_login})",)),
        Fact("until", _("Open until"), (until,)),
        Fact("post", _("You keep"), (post_label(offer.post),)),
        Fact("next", _("What comes next"), (goes_on,)),
    ]
