"""One's own requests for more access: what one asked for, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.catalogue import permissions
from models.explain import end_words
from models.i18n import N_, _, ngettext
from models.operations import requests as operations
from models.queries import asking, requests as queries, shop
from models.queries.asking import Offer
from models.queries.requests import OPEN, RequestRow
from screens.base import DetailScreen, scheduled
from screens.dialogs.choose import Choose, Option
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.request_new import RequestNewScreen
from screens.request_rows import RequestSource, detail, what
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, ListView


class RequestsScreen(DetailScreen):
    """Everything that one ever asked for, the newest first."""

    SECTION = "me"
    AUTO_FOCUS = "#requests"
    ABOUT = N_("What you asked for and what became of it: … waits, ✓ approved, ✗ declined, – withdrawn or lapsed. Enter shows it whole.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), tooltip=N_("Asks for a role or a permission, for some days and with a reason.")),
        Binding("w", "withdraw", N_("Withdraw"), tooltip=N_("Takes back a request that nobody has answered.")),
    ]

    def heading(self) -> str:
        """Whose."""
        return _("Your requests")

    def compose_content(self) -> ComposeResult:
        """The list."""
        yield ListView(
            Column("mark", width=1, keep=ALWAYS),
            Column("what", N_("Asked for"), least=20, keep=ALWAYS, flex=3),
            Column("asked", N_("On"), width=10, keep=3),
            Column("days", N_("For"), width=8, align="right", keep=2),
            Column("answer", N_("Answer"), least=20, keep=ALWAYS, flex=4),
            empty=lambda: _("You have asked for nothing yet: `n` asks for a role or a permission."),
            id="requests",
        )

    @property
    def list(self) -> ListView:
        """What one asked for."""
        return self.query_one("#requests", ListView)

    @property
    def current(self) -> RequestRow | None:
        """The request under the cursor."""
        source = self.list.source
        return source.request(self.list.key) if isinstance(source, RequestSource) else None

    def reload(self) -> None:
        """Read them again."""
        self.list.show(RequestSource(self.read(queries.own), shop.zone(), whose=False))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what nobody has answered is withdrawn."""
        if action == "withdraw":
            return self.is_mounted and (row := self.current) is not None and row.status == OPEN
        return super().check_action(action, parameters)

    @on(ListView.CursorMoved, "#requests")
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(ListView.Chosen, "#requests")
    def _open(self) -> None:
        if (row := self.current) is not None:
            scheduled(self.app.push_screen(Tell(what(row), detail(row, shop.zone()))))

    @work(exclusive=True, group="change")
    async def action_new(self) -> None:
        """Choose what to ask for, then say for how long and why."""
        with self.refusals_shown():
            offers = dict(enumerate(self.read(asking.offers)))
            options = [_option(place, offer) for place, offer in offers.items()]
            empty = _("There is nothing that you could ask for.")
            picked = await self.app.push_screen_wait(Choose(_("What do you need?"), options, empty="" if options else empty))
            if picked is not None:
                scheduled(self.app.push_screen(RequestNewScreen(offers[int(picked)])))

    @work(exclusive=True, group="change")
    async def action_withdraw(self) -> None:
        """Take back the request under the cursor."""
        if (row := self.current) is None:
            return
        question = _("Withdraw your request for “{what}”?").format(what=what(row))
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Withdraw"))):
            with self.refusals_shown():
                await self.ask(operations.withdraw, row.id)
                self.toast(_("Withdrawn."))
            self.reload()


def _option(place: int, offer: Offer) -> Option:
    """Something to ask for: a role with how much is in it, a permission with its risk; what one has already says until when."""
    subject = offer.subject
    if subject.role_id is not None:
        label = _("role {role}").format(role=offer.label)
        hint = ngettext("{n} permission", "{n} permissions", len(subject.codes)).format(n=len(subject.codes))
    else:
        label = f"{offer.label} {words.HIGH_RISK}" if permissions()[subject.key].high_risk else offer.label
        hint = ""
    if offer.until is not None:
        hint = end_words(offer.until, shop.zone())
    return Option(place, label, hint, also=subject.key)
