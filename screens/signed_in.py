"""Who is signed in now, and sending them to the door."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.errors import OutOfReach, Refusal
from models.i18n import N_, _, ngettext
from models.operations import monitoring, security
from models.queries import reach, shop, signed_in
from models.queries.signed_in import SignedIn
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.signed_in_rows import COLUMNS, SessionSource, detail, origin
from screens.staff_detail import StaffDetailScreen
from screens.widgets.list_view import ListView
from screens.widgets.said import Said


class SignedInScreen(DetailScreen):
    """Every session that goes on and that the person may see, who pressed a key last first; it follows by itself."""

    CSS_PATH = "signed_in.tcss"
    SECTION = "audit"
    TAKES = "audit.view"
    AUTO_FOCUS = "ListView"
    ABOUT = N_(
        "Who is signed in now, as far as you may see the log: since when, from where, on which device, and since when no key was pressed. "
        "The list follows by itself. Whoever is sent to the door may sign in again; freezing is what keeps out."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "end", N_("End it"), tooltip=N_("Ends the session; its screen closes within seconds.")),
        Binding("a", "end_all", N_("End all"), tooltip=N_("Ends every session of this person.")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._source: SessionSource | None = None
        self._picture: tuple[object, ...] = ()
        self._people = 0
        self._refusal: Refusal | None = None

    def heading(self) -> str:
        """What this is, how many people, and how many sessions where those are more."""
        said = [_("Signed in now")]
        if self._source is not None:
            sessions = self.sessions.count
            said.append(ngettext("{n} person", "{n} people", self._people).format(n=self._people))
            said += [ngettext("{n} session", "{n} sessions", sessions).format(n=sessions)] if sessions != self._people else []
        return " · ".join(said)

    def compose_content(self) -> ComposeResult:
        """The sessions, and all about the one under the cursor."""
        yield ListView(*COLUMNS, choose=N_("Profile"), empty=lambda: _("Nobody whom you may see is signed in. `esc` goes back."))
        yield Said(id="says")

    @property
    def sessions(self) -> ListView:
        """The list."""
        return self.query_one(ListView)

    @property
    def current(self) -> SignedIn | None:
        """The session under the cursor."""
        return self._source.session(self.sessions.key) if self._source is not None and self.is_mounted else None

    # ---- showing

    def reload(self) -> None:
        """Read again who is signed in."""
        source = SessionSource(self.read(signed_in.listing), shop.zone())
        self._show(source, source.picture(self.sessions.cursor))

    def follow(self) -> None:
        """Show who came, went or went on meanwhile; where nobody did, nothing is painted."""
        source = SessionSource(self.read(signed_in.listing), shop.zone())
        picture = source.picture(self.sessions.cursor)
        if picture != self._picture:
            self._show(source, picture)

    def _show(self, source: SessionSource, picture: tuple[object, ...]) -> None:
        self._source, self._picture, self._people = source, picture, source.listing.people()
        self.sessions.show(source)
        self.query_one("#says").display = bool(self.sessions.count)
        self.refresh_top()

    @on(ListView.CursorMoved)
    def _moved(self) -> None:
        session = self.current
        self.query_one("#says", Said).update("" if session is None else detail(session, shop.zone()))
        self._refusal = None
        if session is not None and not session.is_own and self.may(monitoring.PERMISSION):
            with self.refusals_shown():
                self._refusal = self.read(reach.in_the_way, session.staff_id)
        self.refresh_bindings()

    @on(ListView.Chosen)
    def _chosen(self) -> None:
        if (session := self.current) is not None and self.may("staff.view"):
            scheduled(self.app.push_screen(StaffDetailScreen(session.staff_id)))

    # ---- what goes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to end what one may; what reaches too far is shown and dimmed. The session that one acts in is left by signing out."""
        if action in {"end", "end_all"}:
            session = self.current
            if session is None or session.is_this or (action == "end_all" and session.is_own):
                return False
            if session.is_own:
                return True
            if not self.may(monitoring.PERMISSION):
                return False
            return True if self._refusal is None else None if isinstance(self._refusal, OutOfReach) else False
        return super().check_action(action, parameters)

    # ---- changing

    @work(exclusive=True, group="change")
    async def action_end(self) -> None:
        """End the session under the cursor, if the person is sure."""
        if (session := self.current) is None:
            return
        question = _("End this session of your own?") if session.is_own else _("End this session of {name}? They can sign in again.")
        with self.refusals_shown():
            if await self._sure(question.format(name=session.name), [session]):
                await self.ask(security.end_session if session.is_own else monitoring.end_session, session.id)
                self.toast(_("The session of {name} has ended.").format(name=session.name))
        self._again()

    @work(exclusive=True, group="change")
    async def action_end_all(self) -> None:
        """End every session of the person under the cursor, if the reader is sure."""
        if (session := self.current) is None:
            return
        theirs = self.read(signed_in.listing).of(session.staff_id)
        said = ngettext(
            "End {n} session of {name}? They can sign in again.", "End {n} sessions of {name}? They can sign in again.", len(theirs)
        )
        with self.refusals_shown():
            if await self._sure(said.format(n=len(theirs), name=session.name), theirs):
                ended = await self.ask(monitoring.end_sessions, session.staff_id)
                done = ngettext("{n} session of {name} has ended.", "{n} sessions of {name} have ended.", ended)
                self.toast(done.format(n=ended, name=session.name))
        self._again()

    async def _sure(self, question: str, sessions: list[SignedIn]) -> bool:
        lines = [origin(session, shop.zone()) for session in sessions]
        sure: bool = await self.app.push_screen_wait(Confirm(question, yes_label=_("End it"), detail=lines))
        return sure

    def _again(self) -> None:
        with self.refusals_shown():
            self.reload()
