"""Lists that the access review opens: everything of one kind that was found, and everybody who may use a permission."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.catalogue import permission_label, permissions
from models.i18n import N_, _, ngettext
from models.operations import review as operations
from models.queries import review, review_findings, shop
from models.queries.review import PERMISSION
from models.queries.review_findings import EMPTY, ENDING, LABELS, UNCONFIRMED, UNUSED, Finding
from screens.base import DetailScreen, scheduled
from screens.review_person import ReviewPersonScreen, confirmed_words, key_of
from screens.review_rows import FOUND, HOLDERS, Rows, found_row, holder_row
from screens.sections import load
from screens.widgets.list_view import ListView
from screens.widgets.said import Said

_OF_LINES: Final = frozenset({ENDING, UNCONFIRMED})
"""What is about lines, which can be confirmed here."""


class ReviewFoundScreen(DetailScreen):
    """Everything of one kind.

    Args:
        found: as it was found; what lies unused stays so until it is looked for anew.
    """

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = "#found"
    SECTION = "audit"
    TAKES = PERMISSION
    ABOUT = N_("Everything of one kind that the review found. Enter opens whom, or what, it is about.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "confirm", N_("Confirm"), tooltip=N_("Confirm that it is still right; your name and the date are kept with it")),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"confirm": operations.PERMISSION}

    def __init__(self, found: Finding) -> None:
        super().__init__()
        self._found = found

    def heading(self) -> str:
        """What, and how much of it."""
        return f"{_(LABELS[self._found.kind])} · {self._found.count():,}"

    def compose_content(self) -> ComposeResult:
        """The list."""
        ticks = self._found.kind in _OF_LINES
        yield ListView(*FOUND, ticks=ticks, empty=lambda: _("Nothing is left to look into here: `esc` goes back."), id="found")

    @property
    def rows(self) -> ListView:
        """The list."""
        return self.query_one("#found", ListView)

    def reload(self) -> None:
        """Read it again."""
        kind, zone = self._found.kind, shop.zone()
        if kind != UNUSED:
            self._found = self.read(review_findings.of, kind)
        self.rows.show(Rows(self._found, lambda row: found_row(kind, row, zone)))
        self.refresh_top()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only lines are confirmed."""
        if action == "confirm" and self._found.kind not in _OF_LINES:
            return False
        return super().check_action(action, parameters)

    @on(ListView.Chosen, "#found")
    def _chosen(self, event: ListView.Chosen) -> None:
        place = self._found.position(event.key)
        for row in self._found.window(place, 1) if place is not None else ():
            opened: Any = ReviewPersonScreen(row.found.staff_id or 0)
            if self._found.kind == EMPTY:
                role: Any = load("screens.role_detail:RoleDetailScreen")
                opened = role(row.found.role_id)
            elif self._found.kind == review_findings.UNPLACED:
                person: Any = load("screens.staff_detail:StaffDetailScreen")
                opened = person(row.found.staff_id)
            scheduled(self.app.push_screen(opened))

    @work(exclusive=True, group="change")
    async def action_confirm(self) -> None:
        """Confirm what is ticked, or the line under the cursor."""
        keys = sorted(self.rows.ticked, key=str) or ([self.rows.key] if self.rows.key is not None else [])
        if not keys:
            return
        with self.refusals_shown():
            done, skipped = await self.ask(operations.confirm, [key_of(key) for key in keys])
            said = [confirmed_words(done), *(_("{name}: {reason}").format(name=login, reason=why) for login, why in skipped)]
            self.toast("\n".join(said), bad=bool(skipped))
        with self.refusals_shown():
            self.rows.ticked = frozenset()
            self.reload()


class ReviewHoldersScreen(DetailScreen):
    """Everybody who may use a permission.

    Args:
        code: the permission's.
    """

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = "#holders"
    SECTION = "audit"
    TAKES = PERMISSION
    ABOUT = N_("Everybody who may use the permission, through what, until when, and when they last did. Enter shows a person's lines.")
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code
        self._count = 0

    def heading(self) -> str:
        """Which permission, and how many may use it."""
        may = ngettext("{n:,} person may", "{n:,} people may", self._count).format(n=self._count)
        return f"{permission_label(self._code)} · {may}"

    def compose_content(self) -> ComposeResult:
        """What it lets a person do, and the list."""
        yield Said(id="shown")
        yield ListView(*HOLDERS, empty=lambda: _("Nobody may: `esc` goes back."), id="holders")

    def reload(self) -> None:
        """Read it again."""
        zone, found = shop.zone(), self.read(review.holders, self._code)
        self._count = found.count()
        self.query_one("#shown", Said).update(permissions()[self._code].consequence)
        self.query_one("#holders", ListView).show(Rows(found, lambda row: holder_row(row, zone)))
        self.refresh_top()

    @on(ListView.Chosen, "#holders")
    def _chosen(self, event: ListView.Chosen) -> None:
        scheduled(self.app.push_screen(ReviewPersonScreen(int(event.key))))
