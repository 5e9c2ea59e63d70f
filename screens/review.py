"""The access review: who can do what, by person and by permission, and what there is to look into."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.errors import Cancelled
from models.i18n import N_, _, ngettext
from models.queries import review, review_findings, review_unused, shop
from models.queries.review import PERMISSION, Wanted
from models.queries.review_findings import LABELS, UNUSED, Finding
from screens.base import DetailScreen, scheduled
from screens.dialogs.working import EVERY
from screens.parts import PartsScreen
from screens.review_export import export
from screens.review_found import ReviewFoundScreen, ReviewHoldersScreen
from screens.review_person import ReviewPersonScreen
from screens.review_rows import ADVICE, FINDINGS, PEOPLE, PERMISSIONS, Rows, coverage_words, finding_row, permission_rows, person_row
from screens.security_rows import PeopleList
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListSource, ListView
from screens.widgets.said import Said

BY_PERSON: Final = "people"
BY_PERMISSION: Final = "permissions"
TO_LOOK_INTO: Final = "findings"


class ReviewScreen(DetailScreen, PartsScreen[Wanted]):
    """By person, by permission, findings: one part at a time."""

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = f"#{BY_PERSON}"
    SECTION = "audit"
    TAKES = PERMISSION
    PARTS: ClassVar = {
        BY_PERSON: ("p", N_("By person")),
        BY_PERMISSION: ("w", N_("By permission")),
        TO_LOOK_INTO: ("f", N_("Findings")),
    }
    ABOUT = N_(
        "Who can do what here, the riskiest first, and what there is to look into. Enter shows somebody's lines, to confirm or take away."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "part('people')", N_("By person"), show=False, tooltip=N_("What each person can do")),
        Binding("w", "part('permissions')", N_("By permission"), show=False, tooltip=N_("Who may use each permission")),
        Binding("f", "part('findings')", N_("Findings"), show=False, tooltip=N_("What there is to look into")),
        Binding("tab,right", "turn(1)", N_("Next part")),
        Binding("shift+tab,left", "turn(-1)", N_("Part before"), show=False),
        Binding("slash", "search", N_("Search"), show=False, tooltip=N_("Search people, or permissions, by what they are called")),
        Binding("x", "export", N_("Export"), tooltip=N_("Write the review into the outbox, as a page to print or as data")),
        Binding("down", "to_list", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(BY_PERSON, Wanted())
        self._found: dict[str, Finding] = {}
        self._stop = Event()
        self._looking = False
        self._share = 0

    def heading(self) -> str:
        """What this is."""
        return _("Access review")

    def compose_content(self) -> ComposeResult:
        """A line for the parts, then all of them, of which one is seen."""
        yield Said(id="parts")
        yield Entry(self._wanted.query, placeholder=_("/ search"), id="search")
        yield Said(id="shown")
        yield PeopleList(*PEOPLE, empty=lambda: _("Nobody is found. `esc` clears what you look for."), sort=("risk", "down"), id=BY_PERSON)
        yield ListView(
            *PERMISSIONS,
            choose=N_("Holders"),
            empty=lambda: _("No permission is called that. `esc` clears what you look for."),
            id=BY_PERMISSION,
        )
        yield ListView(*FINDINGS, choose=N_("Show"), header=False, empty=self._nothing, id=TO_LOOK_INTO)
        yield Said(id="says")

    # ---- showing

    def reload(self) -> None:
        """Read again what the part shows."""
        for part in self.PARTS:
            self.query_one(f"#{part}").display = part == self._part
        self.query_one("#search").display = self._part != TO_LOOK_INTO
        self.query_one("#says").display = self._part == TO_LOOK_INTO
        self.query_one("#parts", Said).update(self._parts())
        show: dict[str, Callable[[], object]] = {
            BY_PERSON: self._show_people,
            BY_PERMISSION: self._show_permissions,
            TO_LOOK_INTO: self._look,
        }
        show[self._part]()

    def _show_people(self) -> None:
        zone, listing = shop.zone(), self.read(review.people, self._wanted)
        self.list.show(
            Rows(listing, lambda row: person_row(row, zone)), sort=(self._wanted.sort, "down" if self._wanted.descending else "up")
        )
        number = listing.count()
        count = ngettext("{n:,} person", "{n:,} people", number).format(n=number)
        self._say(f"{count} · {coverage_words(self.read(review.coverage))}")

    def _show_permissions(self) -> None:
        found = self.read(review.by_permission, self._wanted.query)
        self.list.show(ListSource(list(permission_rows(found))))
        number = len(found)
        self._say(
            ngettext("{n} permission, with how many may use it", "{n} permissions, each with how many may use it", number).format(n=number)
        )

    def _show_findings(self) -> None:
        self.query_one(f"#{TO_LOOK_INTO}", ListView).show(
            ListSource([finding_row(self._found[kind]) for kind in LABELS if kind in self._found])
        )

    def _say(self, said: str) -> None:
        self.query_one("#shown", Said).update(said)

    def _nothing(self) -> str:
        if self._looking:
            return _("Looking …")
        return _("Nothing to look into: what everybody holds is used, confirmed, and theirs alone. `p` shows who can do what.")

    @on(ListView.CursorMoved)
    def _moved(self, event: ListView.CursorMoved) -> None:
        if event.list is self.list:
            advice = _(ADVICE[str(event.key)]) if self._part == TO_LOOK_INTO and event.key is not None else ""
            self.query_one("#says", Said).update(words.with_keys(advice))

    # ---- looking into the log

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        """Find what there is to look into, in the background: the log is asked about everything that everybody holds."""
        stop, self._share = Event(), 0
        self._stop, self._looking = stop, True
        looking = self.set_interval(EVERY, self._show_share)
        try:
            with self.refusals_shown(), suppress(Cancelled):
                self._found = {each.kind: each for each in await self.ask(review_findings.findings)} | self._lying()
                self._show_findings()
                unused = await self.ask(review_unused.unused, self._tell, stop.is_set)
                self._found.pop(UNUSED, None)
                self._found |= {UNUSED: unused} if unused.count() else {}
        finally:
            looking.stop()
            self._looking = False
        if not stop.is_set():
            self._show_findings()
            self._say(coverage_words(self.read(review.coverage)))

    def _lying(self) -> dict[str, Finding]:
        """What was found to lie unused the last time, until it is found anew."""
        return {UNUSED: self._found[UNUSED]} if UNUSED in self._found else {}

    def _tell(self, done: int, total: int) -> None:
        self._share = done * 100 // max(total, 1)

    def _show_share(self) -> None:
        self._say(_("Asking the log what was used … {share} %").format(share=self._share))

    def on_unmount(self) -> None:
        """Nobody waits for the log any more."""
        self._stop.set()

    # ---- going about

    def _open(self, part: str) -> None:
        self._stop.set()
        super()._open(part)

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        opening: dict[str, Callable[[], DetailScreen]] = {
            BY_PERSON: lambda: ReviewPersonScreen(int(event.key)),
            BY_PERMISSION: lambda: ReviewHoldersScreen(str(event.key)),
            TO_LOOK_INTO: lambda: ReviewFoundScreen(self._found[str(event.key)]),
        }
        scheduled(self.app.push_screen(opening[self._part]()))

    @work(exclusive=True, group="dialog")
    async def action_back(self) -> None:
        """Take away what was searched for; else close."""
        if self._wanted.query or self.focused is not self.list:
            self.action_part(self._part)
        else:
            scheduled(self.dismiss(None))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what goes in the part that is seen."""
        if not self.is_mounted:
            return super().check_action(action, parameters)
        if action == "to_list":
            return self.focused is not self.list
        if action == "search":
            return self._part != TO_LOOK_INTO
        return super().check_action(action, parameters)

    @work(exclusive=True, group="change")
    async def action_export(self) -> None:
        """Write all of it into the outbox."""
        await export(self)
