"""All of one's own sign-ins, and of what was refused in one's name."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models import clock
from models.i18n import N_, _
from models.queries import shop, sign_ins
from models.queries.sign_ins import Failed, Listing, SignIn
from screens import my_security_facts as facts
from screens.base import DetailScreen, scheduled
from screens.dialogs.tell import Tell
from screens.my_security_password import ChangePasswordScreen
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, ListView, Row
from screens.widgets.said import Said

COLUMNS: Final = (
    Column("mark", width=1, keep=ALWAYS),
    Column("at", N_("When"), width=16, keep=ALWAYS),
    Column("what", N_("What"), least=20, keep=ALWAYS, flex=2),
    Column("origin", N_("From where"), least=14, keep=8, flex=5),
    Column("device", N_("Device key"), least=10, keep=4, flex=2),
    Column("terminal", N_("Terminal"), width=8, keep=5),
    Column("end", N_("Afterwards"), least=14, keep=6),
)


class SignInSource:
    """One's own sign-ins and refusals as rows, read window by window.

    Args:
        current: the session that asks.
        zone: the shop's time zone.
    """

    def __init__(self, listing: Listing, failed: Failed, current: int | None, zone: str) -> None:
        self._listing = listing
        self._failed = failed
        self._current = current
        self._zone = zone
        self._shown: dict[Key, SignIn] = {}

    def count(self) -> int:
        """How many there are."""
        return self._listing.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on."""
        found = self._listing.window(offset, limit)
        self._shown = {each.seq: each for each in found}
        return [self._row(each) for each in found]

    def entry(self, key: Key) -> SignIn | None:
        """One of the window that was read last."""
        return self._shown.get(key)

    def position(self, key: object) -> int | None:
        """Where the one of that number stands."""
        return self._listing.position(key)

    def _row(self, each: SignIn) -> Row:
        cells = (
            facts.mark_of(each, self._failed.since_seq),
            clock.minute(each.at, self._zone),
            facts.outcome(each),
            each.address or _("this machine"),
            each.device,
            each.terminal,
            facts.ending(each, self._current),
        )
        return Row(each.seq, cells, dim=facts.is_old(each, self._failed))


class SignInsScreen(DetailScreen):
    """When somebody came in with one's account or tried to, from where, and how that ended; the newest first."""

    SECTION = "me"
    CSS_PATH = "my_security.tcss"
    ABOUT = N_("Every sign-in with your account and every refused one, the newest first. If one was not you, change your password.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "password", N_("Change the password"), tooltip=N_("Sets a new password; your other sessions end.")),
    ]

    def heading(self) -> str:
        """What this is."""
        return _("Your sign-ins")

    def compose_content(self) -> ComposeResult:
        """What is news, and the list."""
        yield Said(id="news")
        yield ListView(*COLUMNS, choose=N_("More"), empty=lambda: _("No sign-in yet: what happens from now on is listed here."))

    def reload(self) -> None:
        """Read again."""
        failed, zone = self.read(sign_ins.failed), shop.zone()
        news = facts.failed_words(failed, zone) if failed.number else _("Nothing failed since you signed in the time before.")
        mark = words.join(facts.BAD, " ") if failed.number else words.join(facts.GOOD, " ")
        self.query_one("#news", Said).update(words.join(mark, news))
        self.query_one(ListView).show(SignInSource(self.read(sign_ins.listing), failed, self.actor.session_id, zone))

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        source = event.list.source
        if isinstance(source, SignInSource) and (entry := source.entry(event.key)) is not None:
            scheduled(self.app.push_screen(Tell(facts.outcome(entry), facts.whole(entry, self.actor.session_id, shop.zone()))))

    def action_password(self) -> None:
        """Set another password."""
        scheduled(self.app.push_screen(ChangePasswordScreen()))
