"""The rows of the home screen: what each says, and where enter goes from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from models import catalogue, clock
from models.explain import end_words
from models.i18n import _, ngettext
from models.queries import chat_scope
from models.queries.activity import SessionRow
from models.queries.drafts import KeptDraft
from models.queries.due import CODE, ENDING, LABELS, LEAVING
from models.queries.home import NAMED, Due, Home, Own, Unanswered
from models.queries.requests import APPROVED, RequestRow
from screens import home_reminders
from screens.home_reminders import Reminder
from screens.widgets import words
from screens.widgets.list_rows import Cell
from screens.widgets.list_view import Row

BETWEEN: Final = " · "

REQUESTS: Final = "requests"
"""The key of the line that says how many requests wait for the reader."""


class Way(NamedTuple):
    """Where enter goes: a section, and what it is to point at."""

    section: str
    where: dict[str, object]


class Line(NamedTuple):
    """A row, and where it leads; None where it only tells."""

    row: Row
    way: Way | None


def lines(home: Home, zone: str) -> list[Line]:
    """Everything that the home screen shows, from top to bottom."""
    shown = _todo(home, [_reminder(each) for each in home_reminders.lines(home.reminders, zone)], zone)
    if home.own is not None:
        shown += [_heading("own", _("What you have")), *_own(home.own, zone)]
    if home.sign_ins:
        shown += [_heading("sign-ins", _("Your last sign-ins")), *(_sign_in(row, zone) for row in home.sign_ins)]
    return shown


def _todo(home: Home, todo: list[Line], zone: str) -> list[Line]:
    """What there is to do, after what one is reminded of: `todo`."""
    if home.draft is not None:
        todo.append(_draft(home.draft))
    if home.requests is not None:
        todo.append(_requests(home.requests))
    todo += _unanswered(home.unanswered)
    todo += [_answer(row, zone) for row in home.answers]
    todo += [_due(due) for due in home.due]
    if home.headless is not None:
        todo.append(_headless(home.headless))
    if home.is_fresh:
        return [_heading("todo", _("First steps")), *_steps(), *todo]
    if todo:
        return [_heading("todo", _("What needs doing today")), *todo]
    if home.own is None:
        return [_heading("todo", _("What needs doing today")), _line("nothing", words.MAY, _("Nothing"), _("All is in order."), None)]
    return []


def _reminder(reminder: Reminder) -> Line:
    way = Way(reminder.section, reminder.where or {}) if reminder.section else None
    return _line(reminder.key, words.plain(reminder.mark, "$text-warning"), reminder.what, reminder.detail, way)


def _draft(kept: KeptDraft) -> Line:
    person = kept.payload.get("person")
    typed = person if isinstance(person, dict) else {}
    whom = str(typed.get("name") or typed.get("login") or "")
    detail = BETWEEN.join([whom, ago(kept.saved_at)] if whom else [ago(kept.saved_at)])
    return _line("draft", "→", _("Go on onboarding"), detail, Way("staff", {"onboard": True}))


def _steps() -> list[Line]:
    departments = len(catalogue.PRESET_DEPARTMENTS)
    roles = len(catalogue.preset_roles())
    return [
        _line(
            "departments",
            "1",
            _("Look over the departments"),
            ngettext("{n} to begin with: rename, add, drop", "{n} to begin with: rename, add, drop", departments).format(n=departments),
            Way("departments", {}),
        ),
        _line(
            "roles",
            "2",
            _("Look over the roles"),
            ngettext("{n} to begin with, each a set of permissions", "{n} to begin with, each a set of permissions", roles).format(n=roles),
            Way("roles", {}),
        ),
        _line(
            "onboard",
            "3",
            _("Onboard the first person"),
            _("You see beforehand what they may do"),
            Way("staff", {"onboard": True}),
        ),
    ]


def _due(due: Due) -> Line:
    first = due.first[0]
    where: dict[str, object] = {"staff_id": first.id} if due.number == 1 else {"due": due.kind}
    when = f"{clock.distance(first.at)}{BETWEEN}" if first.at is not None and due.kind in {CODE, ENDING, LEAVING} else ""
    return _line(due.kind, str(due.number), _(LABELS[due.kind]), f"{when}{_names(due)}", Way("staff", where))


def _requests(due: Due) -> Line:
    what = ngettext("Request waits for you", "Requests wait for you", due.number)
    names = [each.name for each in due.first[:NAMED]] + [words.ELLIPSIS] * (len(due.first) > NAMED)
    return _line(REQUESTS, str(due.number), what, BETWEEN.join([ago(due.first[0].at or 0), *names]), Way("home", {}))


def _unanswered(found: Unanswered) -> Iterator[Line]:
    """Customers who wait for the reader, and those who wait for somebody whose conversations the reader may read."""
    if found.own:
        what = ngettext("Customer waits for you", "Customers wait for you", found.own)
        where: dict[str, object] = {"unanswered": True, "staff_id": found.staff_id}
        yield _line("unanswered", str(found.own), what, _("for your answer"), Way("chats", where))
    if found.others:
        what = ngettext("Customer waits", "Customers wait", found.others)
        whose = _("in conversations of your department") if found.reach == chat_scope.TEAM else _("in your colleagues' conversations")
        yield _line("unanswered others", str(found.others), what, whose, Way("chats", {"unanswered": True}))


def _answer(row: RequestRow, zone: str) -> Line:
    approved = row.status == APPROVED
    mark = words.plain(words.MAY, "$text-success") if approved else words.plain(words.MAY_NOT, "$text-warning")
    said = BETWEEN.join([row.label, end_words(row.until, zone) if approved else row.word])
    return _line(
        f"answer {row.id}", mark, _("Request approved") if approved else _("Request declined"), said, Way("me", {"requests": True})
    )


def _headless(due: Due) -> Line:
    where: dict[str, object] = {"department_id": due.first[0].id}
    return _line("headless", str(due.number), _("No head"), _names(due), Way("departments", where))


def _names(due: Due) -> str:
    named = [each.name for each in due.first]
    return BETWEEN.join([*named, words.ELLIPSIS] if due.number > len(named) else named)


def _own(own: Own, zone: str) -> list[Line]:
    me = Way("me", {})
    roles = BETWEEN.join(own.roles) or _("none yet")
    areas = BETWEEN.join(f"{catalogue.area_label(area)} {number}" for area, number in own.areas) or _("nothing yet")
    shown = [_line("roles", "", _("Roles"), roles, me), _line("areas", words.MAY, _("You may"), areas, me)]
    for grant in own.ending:
        what = BETWEEN.join([grant.label, end_words(grant.until, zone)])
        shown.append(_line(f"{grant.kind} {grant.key}", "", _("Ends soon"), what, me))
    return shown


def _sign_in(row: SessionRow, zone: str) -> Line:
    origin = BETWEEN.join([ago(row.started_at), origin_words(row.address)])
    return _line(f"session {row.id}", "", clock.minute(row.started_at, zone), origin, Way("me", {"history": True}))


def ago(us: int) -> str:
    """How long ago something happened that has happened, be it in this very moment."""
    return clock.distance(min(us, clock.now() - 1))


def origin_words(address: str) -> str:
    """Where somebody signed in from; "" is the machine itself."""
    return _("from {address}").format(address=address) if address else _("at the machine itself")


def _heading(key: str, title: str) -> Line:
    return Line(Row(f"heading {key}", (title,), heading=True), None)


def _line(key: str, mark: Cell, what: str, detail: str, way: Way | None) -> Line:
    return Line(Row(key, (mark, what, detail)), way)
