"""Which conversations are listed, or searched: the form that says it, and the words in which the lists repeat it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.actor import Actor
from models.errors import Invalid, Unknown
from models.i18n import N_, _
from models.queries import chat_colleagues, chat_scope, shop
from models.queries.chat_colleagues import Colleagues
from models.queries.chats import Filter
from screens.audit_filter import moment, typed
from screens.base import DetailScreen, scheduled
from screens.dialogs.choose_person import NOBODY
from screens.person_choice import PersonChoice
from screens.widgets import words
from screens.widgets.field import Field, TickBox
from screens.widgets.form import Form
from screens.widgets.list_view import Key, ListSource, Row, Source

CUSTOMER_LIMIT: Final = 100

_WHOSE: Final = {
    chat_scope.OWN: N_("Your conversations"),
    chat_scope.TEAM: N_("Conversations of your department and below, and yours"),
    chat_scope.ALL: N_("Everybody's conversations"),
}


class ChatFilterScreen(DetailScreen):
    """Says which conversations to show. Answers another `Filter`; None where nothing is to change.

    Args:
        wanted: what is filtered by now.
        beyond: whether colleagues' conversations are among them.
    """

    SECTION = "chats"
    ABOUT = N_("Which conversations are shown. Everything that you fill in has to be true of one; what is empty lets all through.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "nothing", N_("Everything"), tooltip=N_("Take every filter away")),
    ]

    def __init__(self, wanted: Filter, *, beyond: bool) -> None:
        super().__init__()
        self._wanted = wanted
        self._beyond = beyond
        self._zone = shop.zone()

    def heading(self) -> str:
        """What it is."""
        return _("Chats · Show only")

    def compose_content(self) -> ComposeResult:
        """A field for everything that can be filtered by."""
        wanted = self._wanted
        days = _("2026-12-31, 2026-12-31 14:05, or 7d for seven days back")
        whose = PersonChoice("staff_id", _("Colleague"), self._find, self._called, nobody=N_("everybody"), value=wanted.staff_id)
        yield Form(
            Field("customer", _("Customer"), value=wanted.customer, hint=_("a part of the name"), limit=CUSTOMER_LIMIT),
            *([whose] if self._beyond else []),
            Field("since", _("Since"), value=typed(wanted.since, self._zone), hint=days, limit=20),
            Field("until", _("Until"), value=typed(wanted.until, self._zone, end=True), limit=20),
            TickBox("unanswered", _("Unanswered"), value=wanted.unanswered, hint=_("only where a customer waits for an answer")),
            submit=N_("Show"),
        )

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Begin with the first."""
        self.form.controls[0].focus_control()

    def _find(self, text: str) -> Source:
        found: list[Source] = []
        with self.refusals_shown():
            found.append(ColleagueSource(self.read(chat_colleagues.listing, text), everybody="" if text else _("everybody")))
        return found[0] if found else ListSource()

    def _called(self, staff_id: int) -> str:
        return called(self.actor, staff_id)

    def action_nothing(self) -> None:
        """Take every filter away."""
        scheduled(self.dismiss(Filter(words=self._wanted.words)))

    @on(Form.Submitted)
    def _show(self, event: Form.Submitted) -> None:
        with self.refusals_shown(event.form):
            scheduled(self.dismiss(self._filled(event.form)))

    def _filled(self, form: Form) -> Filter:
        """What was filled in.

        Raises:
            Invalid: a time is none, or the end is before the beginning.
        """
        values: dict[str, Any] = dict(form.values())
        values["customer"] = str(values["customer"] or "").strip()
        for name in ("since", "until"):
            values[name] = moment(name, str(values[name] or ""), self._zone, end=name == "until")
        if values["since"] is not None and values["until"] is not None and values["until"] < values["since"]:
            raise Invalid("until", N_("That is before the beginning."))
        return self._wanted._replace(**values)


class ColleagueSource:
    """Colleagues with conversations as rows: a mark, the login, the name, the department.

    Args:
        found: who was meant.
        everybody: the line above them that stands for all; "" for none.
    """

    def __init__(self, found: Colleagues, *, everybody: str = "") -> None:
        self._found = found
        self._first = [Row(NOBODY, ("", "", everybody, ""))] if everybody else []

    def count(self) -> int:
        """How many rows there are."""
        return len(self._first) + self._found.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on, `limit` of them at most."""
        ahead = self._first[offset : offset + limit]
        rows = self._found.window(max(0, offset - len(self._first)), limit - len(ahead))
        return ahead + [Row(row.id, (words.STATUS_MARKS[row.status], row.login, row.name, row.department)) for row in rows]

    def position(self, key: Key) -> int | None:
        """Where the row with that key is now, counted from 0; None if it is gone."""
        if key == NOBODY:
            return 0 if self._first else None
        place = self._found.position(key)
        return None if place is None else place + len(self._first)


def called(actor: Actor, staff_id: int) -> str:
    """What a colleague is called; their number where one may no longer read what they wrote."""
    with suppress(Unknown):
        return chat_colleagues.called(actor, staff_id)
    return str(staff_id)


def filter_words(actor: Actor, wanted: Filter, scope: str, zone: str) -> list[str]:
    """What is filtered by, in few words each, behind whose conversations are looked at.

    Args:
        scope: how far the reader reads, as `chat_scope` names it.
    """
    whose = "" if wanted.staff_id is None else _("{name}'s conversations").format(name=called(actor, wanted.staff_id))
    said = (
        whose or _(_WHOSE[scope]),
        wanted.unanswered and _("unanswered"),
        wanted.customer and _("customer “{text}”").format(text=wanted.customer),
        wanted.since is not None and _("from {moment}").format(moment=typed(wanted.since, zone)),
        wanted.until is not None and _("until {moment}").format(moment=typed(wanted.until, zone, end=True)),
    )
    return [str(each) for each in said if each]


def is_filtered(wanted: Filter) -> bool:
    """Whether anything is filtered out, the words that are looked for apart."""
    return wanted._replace(words="") != Filter()
