"""Being offered the shop: what it means, and the answer."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models import clock
from models.catalogue import post_label
from models.errors import ClockWrong, Invalid, OfferGone, TotpMissing, WrongProof
from models.i18n import N_, _
from models.operations import ownership as operations
from models.queries import ownership, security, shop
from models.queries.ownership import OfferRow
from models.rules import totp
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.home_reminders import SECURITY
from screens.sections import OWNER
from screens.widgets import words
from screens.widgets.fact_list import Fact, FactList
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.list_view import ListView
from screens.widgets.verdict import Verdict

_TOTP: Final = "totp"


class TakeShopScreen(DetailScreen):
    """The shop is offered to who is signed in: what that means, and accepting or declining it."""

    SECTION = "home"
    ABOUT = N_("The owner offers you the shop. Nothing changes before you accept, with your password and a phone code.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", N_("Accept"), tooltip=N_("Takes the shop over, with your password and a phone code.")),
        Binding("o", "set_up", N_("Set up phone codes"), tooltip=N_("Goes to your security, where phone codes are set up.")),
        Binding("d", "decline", N_("Decline"), tooltip=N_("Leaves the shop with its owner.")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._has_totp = True

    def heading(self) -> str:
        """Which shop."""
        return _("Take over {shop}").format(shop=shop.current().name)

    def compose_content(self) -> ComposeResult:
        """One list of facts."""
        yield FactList(choose=N_("Set up phone codes"))

    def reload(self) -> None:
        """Read the offer again; where it is gone, so is the screen."""
        offer = self.read(ownership.offered)
        if offer is None:
            if not self.may(OWNER):  # else it was accepted, just now
                self.toast(str(OfferGone()), bad=True)
            scheduled(self.dismiss(None))
            return
        self._has_totp = self.read(security.own).totp_since is not None
        self.query_one(FactList).show_facts(facts(offer, shop.zone(), has_totp=self._has_totp))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An owner needs phone codes, so they come first."""
        if action in {"accept", "set_up"}:
            return self._has_totp == (action == "accept")
        return super().check_action(action, parameters)

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        if str(event.key) == _TOTP:
            self.action_set_up()

    def action_set_up(self) -> None:
        """Go where phone codes are set up."""
        self.desk.go("me", **SECURITY)

    @work(exclusive=True, group="change")
    async def action_accept(self) -> None:
        """Take the shop over, if one is sure and proves who one is."""
        question = _("Take over {shop}? From then on you answer for it.").format(shop=shop.current().name)
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Take over"))):
            scheduled(self.app.push_screen(AcceptShopScreen()))

    @work(exclusive=True, group="change")
    async def action_decline(self) -> None:
        """Leave the shop with its owner, if one is sure."""
        question = _("Decline {shop}? The owner can offer it to you again.").format(shop=shop.current().name)
        if not await self.app.push_screen_wait(Confirm(question, yes_label=_("Decline"))):
            return
        with self.refusals_shown():
            await self.ask(operations.decline)
            self.toast(_("Declined. The shop stays with its owner."))
            scheduled(self.dismiss(None))


class AcceptShopScreen(DetailScreen):
    """Asks for password and phone code, and takes the shop over."""

    SECTION = "home"
    CSS_PATH = "give_shop.tcss"
    ABOUT = N_("Proves that it is you who takes the shop over: with your password and a phone code.")

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    def heading(self) -> str:
        """Which shop."""
        return _("Take over {shop}").format(shop=shop.current().name)

    def compose_content(self) -> ComposeResult:
        """Two fields, and a line for what became of them."""
        yield Static(words.plain(_("Prove once more that it is you: from here on the shop is yours.")), classes="said")
        yield Form(
            Field("password", _("Password"), password=True),
            Field("code", _("Phone code"), hint=_("The six digits that your phone shows now.")),
            submit=N_("Take over"),
        )
        yield Verdict()

    @property
    def form(self) -> Form:
        """Password and code."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Type at once."""
        self.form.controls[0].focus_control()

    @on(Form.Submitted)
    @work(group="change")
    async def _submitted(self, event: Form.Submitted) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            with self.refusals_shown(event.form):
                await self._accept(event.form)
        finally:
            self._busy = False

    async def _accept(self, form: Form) -> None:
        password, code = form.text("password"), form.text("code")
        if not password:
            raise Invalid("password", N_("Type your password."))
        if not totp.normalised(code):
            raise Invalid("code", N_("Six digits; this has another form."))
        verdict = self.query_one(Verdict)
        verdict.wait(_("Taking over …"))
        try:
            await self.ask(operations.accept, password, code)
        except (WrongProof, ClockWrong) as refused:
            form.fill({"code": ""})  # it is used up, or will be old
            verdict.refuse(str(refused))
            form.controls[0].focus_control()
        except OfferGone:  # the screen behind says so
            scheduled(self.dismiss(None))
        except TotpMissing as missing:
            self.toast(str(missing), bad=True)
            scheduled(self.dismiss(None))
        except BaseException:
            verdict.clear()
            raise
        else:
            self.toast(_("The shop is yours."))
            scheduled(self.dismiss(None))


def facts(offer: OfferRow, zone: str, *, has_totp: bool) -> list[Fact]:
    """The offer, as its heir sees it."""
    until = _("{moment} ({distance})").format(moment=clock.minute(offer.until, zone), distance=clock.distance(offer.until))
    stays = _("{name} stays with the post {post}, without roles, and is signed out: you decide what they get.")
    shown = [
        Fact("from", _("Offered by"), (f"{offer.owner} ({offer.owner_login})",)),
        Fact("until", _("Open until"), (until,)),
        Fact("hold", _("You hold"), (_("Every permission there is. Your roles and extras end: an owner needs none."),)),
        Fact("alone", _("You alone"), (_("set the policy, reset or limit anybody's sign-in, and can hand the shop on."),)),
        Fact("owner", _("The owner"), (stays.format(name=offer.owner, post=post_label(offer.post)),)),
    ]
    if has_totp:
        return [*shown, Fact(_TOTP, _("It takes"), (_("your password and a phone code, now."),), mark=words.MAY)]
    need = _("your password and a phone code. You have no phone codes yet: set them up first, then come back here.")
    return [*shown, Fact(_TOTP, _("It takes"), (need,), mark=words.MAY_NOT, opens=True)]
