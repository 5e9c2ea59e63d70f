"""The list of the log's entries, wherever it is shown: searched, filtered, opened, and gone on from."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Input

from models import clock
from models.i18n import N_, _, language, ngettext
from models.operations import log_export
from models.queries import audit, departments, shop
from models.queries.audit import ALL, DEPARTMENT, EntryRow, Page, Sight, Wanted
from screens import audit_ways
from screens.audit_entry import EntryScreen
from screens.audit_filter import FIELDS, FilterScreen, filter_words, is_filtered
from screens.audit_rows import AHEAD, COLUMNS, Entries, entries, who
from screens.base import DeskScreen, scheduled
from screens.taking_out import take_out
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListView
from screens.widgets.said import Said

PAUSE: Final = 0.15
"""Seconds without a letter before what was typed is searched for: among a million entries every search counts."""

AT_ONCE: Final = 5
"""Searches that one key sets off, as long as nothing is found: less than half a second."""

_SEEN: Final = {
    ALL: N_("Everything that was done"),
    DEPARTMENT: N_("What people of your department and below did"),
    audit.OWN: N_("What you did"),
}


class _List(ListView):
    """The entries. Going to the first of them also fetches what came since."""

    def action_edge(self, direction: int) -> None:
        """Move to the newest or the oldest."""
        screen = self.screen
        if direction < 0 and isinstance(screen, EntriesScreen) and screen.source is not None:
            with screen.refusals_shown():
                screen.fetch()
        super().action_edge(direction)


class EntriesScreen(DeskScreen):
    """Entries of the log.

    Args:
        base: what the list is about, which stays whatever is filtered.
    """

    CSS_PATH = "audit.tcss"
    AUTO_FOCUS = "#entries"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", N_("Search"), tooltip=N_("Search by person, thing, or what was done")),
        Binding("f", "filter", N_("Filter"), tooltip=N_("Show one person, department, area, risk or time only")),
        Binding("m", "read_on", N_("Search on"), tooltip=N_("Search further down, where the search has stopped")),
        Binding("escape", "clear", N_("Clear"), tooltip=N_("Take away what was searched for, or filtered")),
        Binding("o", "same_thing", N_("Its history"), tooltip=N_("Show all that was done to the same person, role or department")),
        Binding("b", "same_person", N_("By them"), tooltip=N_("Show all that the same person did")),
        Binding("x", "export", N_("Export"), tooltip=N_("Write what is listed into a file in the outbox")),
        Binding("down", "to_list", show=False),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"export": "audit.export"}

    def __init__(self, base: Wanted | None = None) -> None:
        super().__init__()
        self.base = base or Wanted()
        self.wanted = self.base
        self.source: Entries | None = None
        self._shown: tuple[Wanted, Sight, str] | None = None
        self.reach = audit.OWN
        self._departments: dict[int, str] = {}
        self._typing: Timer | None = None

    def compose_content(self) -> ComposeResult:
        """What is searched for, what is seen, and the entries."""
        yield Entry(self.wanted.words, placeholder=_("/ person, thing, or what was done"), id="search")
        yield Said(id="seen")
        yield _List(*COLUMNS, empty=self._nothing, id="entries")

    @property
    def list(self) -> ListView:
        """The list."""
        return self.query_one("#entries", ListView)

    @property
    def current(self) -> EntryRow | None:
        """The entry under the cursor."""
        return self.source.at(self.list.cursor) if self.source is not None and self.list.cursor >= 0 else None

    # ---- showing

    def reload(self) -> None:
        """Read what came since; the cursor stays on its entry."""
        if self.may("staff.view"):
            self._departments = {row.id: row.label for row in self.read(departments.tree).rows}
        self.fetch()

    def fetch(self) -> None:
        """Read what came since, or all anew where something else is wanted, or may be seen."""
        seen = self.read(audit.sight)
        self.reach = seen.name
        shown = (self.wanted, seen, language())
        if self.source is not None and self._shown == shown:
            self.source = self.source.anew()
        else:
            self.source = entries(self._page, self.wanted, shop.zone(), self.reach)
        self._shown = shown
        self.list.show(self.source)
        self._say()

    def _page(self, wanted: Wanted, before: int | None, limit: int) -> Page:
        return self.read(audit.page, wanted, before, limit)

    def about(self) -> str:
        """What the list shows where nothing is filtered."""
        return _(_SEEN[self.reach])

    def _say(self) -> None:
        source = self.source
        if source is None:
            return
        fixed = [field for field in FIELDS if getattr(self.base, field) == getattr(self.wanted, field)]
        filtered = filter_words(self.wanted, self._departments, shop.zone(), fixed)
        narrowed = bool(filtered or self.wanted.words) and self.reach == ALL
        parts = [] if narrowed else [self.about()]  # of everything, what is looked for says enough
        parts += filtered
        if source.count() or not source.more:
            parts.append(self._number(source))
        if source.searched_to is not None:
            parts.append(self._stopped(source.searched_to))
        said = words.plain(" · ".join(parts), "$accent" if filtered else "", lines=False)
        self.query_one("#seen", Said).update(said)

    @staticmethod
    def _number(source: Entries) -> str:
        """How many there are, as far as is known."""
        count = source.count()
        return ngettext("{n} entry", "{n} entries", count).format(n=f"{count:,}{'+' if source.more else ''}")

    @staticmethod
    def _stopped(us: int) -> str:
        return _("searched down to {moment}: m goes on").format(moment=clock.minute(us, shop.zone()))

    def _nothing(self) -> str:
        if self.source is not None and self.source.searched_to is not None:
            moment = clock.minute(self.source.searched_to, shop.zone())
            return _("Nothing is found down to {moment}. `m` searches further down.").format(moment=moment)
        if self.wanted != self.base:
            return _("Nothing like that was done. `esc` clears what you look for.")
        return _("Nothing was done yet: what happens from now on is listed here.")

    @on(ListView.CursorMoved, "#entries")
    def _moved(self) -> None:
        source = self.source
        if source is not None and source.more and source.searched_to is None and self.list.cursor >= self.list.count - AHEAD:
            with self.refusals_shown():
                self._read_on(source)
        self.refresh_bindings()

    def _read_on(self, source: Entries) -> None:
        source.read_on()
        self.list.reload()
        self._say()

    def action_read_on(self) -> None:
        """Search further down."""
        source = self.source
        with self.refusals_shown():
            for _time in range(AT_ONCE):
                if source is None or source.searched_to is None:
                    return
                count = source.count()
                self._read_on(source)
                if source.count() > count:
                    return

    # ---- finding

    def action_search(self) -> None:
        """Type what to look for."""
        self.query_one("#search", Entry).focus()

    def action_to_list(self) -> None:
        """From the search to what it found."""
        self._search()
        self.list.focus()

    @on(Input.Submitted, "#search")
    def _found(self) -> None:
        self.action_to_list()

    @on(Input.Changed, "#search")
    def _searched(self) -> None:
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(PAUSE, self._search)

    def _search(self) -> None:
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        typed = self.query_one("#search", Entry).value.strip()
        if typed != self.wanted.words:
            self.want(self.wanted._replace(words=typed))

    def want(self, wanted: Wanted) -> None:
        """Show other entries, from the newest."""
        self.wanted = wanted
        with self.refusals_shown():
            self.list.action_edge(-1)

    def action_filter(self) -> None:
        """Say which entries to show."""
        fixed = [field for field in FIELDS if getattr(self.base, field)]
        scheduled(self.app.push_screen(FilterScreen(self.wanted, fixed), self._filtered))

    def _filtered(self, picked: Wanted | None) -> None:
        if picked is not None:
            self.want(picked)

    def action_clear(self) -> None:
        """Take away what was searched for; then what is filtered."""
        search = self.query_one("#search", Entry)
        if search.value:
            with self.prevent(Input.Changed):
                search.value = ""
            self.want(self.wanted._replace(words=""))
        elif self.focused is self.list:
            self.want(self.base)
        self.list.focus()

    # ---- going on from an entry

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what goes with the entry under the cursor."""
        if not self.is_mounted:
            return super().check_action(action, parameters)
        if action == "to_list":
            return self.focused is not self.list
        if action == "clear":
            return bool(self.wanted.words or is_filtered(self.wanted, self.base) or self.focused is not self.list)
        if action == "read_on":
            return self.source is not None and self.source.searched_to is not None
        if action in {"same_thing", "same_person"}:
            return self._leads_on(action)
        return super().check_action(action, parameters)

    def _leads_on(self, action: str) -> bool:
        row = self.current
        if row is None:
            return False
        if action == "same_thing":
            return row.thing_id is not None and (row.kind, row.thing_id) != (self.base.kind, self.base.thing_id)
        return bool(row.actor) and row.actor != self.base.by

    @on(ListView.Chosen, "#entries")
    def _opened(self, event: ListView.Chosen) -> None:
        scheduled(self.app.push_screen(EntryScreen(int(event.key), self._beside)))

    def _beside(self, seq: int, step: int) -> int | None:
        """The neighbour of an entry in this list; the cursor goes there."""
        place = self.source.position(seq) if self.source is not None else None
        if self.source is None or place is None or (found := self.source.at(place + step)) is None:
            return None
        if self.source.count() != self.list.count:
            self.list.reload()  # it was the first of another page
        self.list.select(found.seq)
        return found.seq

    def action_same_thing(self) -> None:
        """Show all that was done to the same thing."""
        if (row := self.current) is not None and row.thing_id is not None:
            scheduled(self.app.push_screen(audit_ways.of_thing(row.kind, row.thing_id, row.label)))

    def action_same_person(self) -> None:
        """Show all that the same person did."""
        if (row := self.current) is not None:
            scheduled(self.app.push_screen(audit_ways.by_person(row.actor, who(row.actor, row.name))))

    @work(exclusive=True, group="change")
    async def action_export(self) -> None:
        """Write what is listed into a file in the outbox."""
        if self.source is not None:
            title = _("Export the log: {number}").format(number=self._number(self.source))
            await take_out(self, title, _("Writing the log"), log_export.put_into_outbox, self.wanted)
