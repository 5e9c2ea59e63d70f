"""Who is signed in, in rows and in words: since when, from where, for how long idle, in which section."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from models import clock
from models.clock import HOUR, MINUTE
from models.i18n import N_, _, ngettext
from models.queries.signed_in import Listing, SignedIn
from screens.home_rows import BETWEEN, ago, origin_words
from screens.sections import SECTIONS
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, Row

COLUMNS: Final = (
    Column("mark", width=1, keep=ALWAYS),
    Column("login", N_("Login"), least=8, keep=ALWAYS, flex=2),
    Column("name", N_("Name"), least=10, keep=9, flex=3),
    Column("idle", N_("Idle"), width=14, keep=ALWAYS),
    Column("address", N_("From where"), least=12, keep=8, flex=3),
    Column("section", N_("Section"), width=9, keep=7),
    Column("state", N_("State"), width=12, keep=6),
    Column("since", N_("Since"), width=16, keep=4),
    Column("device", N_("Device key"), least=10, keep=3, flex=2),
    Column("terminal", N_("Terminal"), width=8, keep=2),
)
"""Where it is narrow, what is kept least goes first; all of it stands below the list."""

FINGERPRINT: Final = 15
"""Characters of a fingerprint that tell keys apart in a line: "SHA256:" and eight more."""


class SessionSource:
    """Sessions as rows, read window by window.

    Args:
        zone: the shop's time zone.
    """

    def __init__(self, listing: Listing, zone: str) -> None:
        self.listing: Final = listing
        self._zone = zone
        self._shown: dict[Key, SignedIn] = {}

    def count(self) -> int:
        """How many there are."""
        return self.listing.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on."""
        found = self.listing.window(offset, limit)
        self._shown = {each.id: each for each in found}
        return [_row(each, self._zone) for each in found]

    def position(self, key: Key) -> int | None:
        """Where a session stands."""
        return self.listing.position(key)

    def session(self, key: Key | None) -> SignedIn | None:
        """A session of the window that was read last."""
        return None if key is None else self._shown.get(key)

    def picture(self, around: int) -> tuple[object, ...]:
        """What a screen that has the row number `around` on it shows, for telling whether it is another than it was."""
        now = clock.now()
        return (self.count(), *((each, idle_words(each, now)) for each in self.listing.window(max(0, around - 150), 300)))


def _row(each: SignedIn, zone: str) -> Row:
    now = clock.now()
    mark = words.plain(words.ACTIVE, "$text-success" if each.is_this else "" if not each.idle(now) else "$text-muted")
    where = each.address or _("this machine")
    state = _("this session") if each.is_this else BETWEEN.join(_states(each))
    since = clock.minute(each.started_at, zone)
    cells = (
        mark,
        each.login,
        each.name,
        idle_words(each, now),
        where,
        section_words(each),
        state,
        since,
        device_words(each),
        each.terminal,
    )
    return Row(each.id, cells, dim=each.is_locked)


def _states(each: SignedIn) -> list[str]:
    return [said for said, holds in ((_("locked"), each.is_locked), (_("setting up"), each.is_enrolling)) if holds]


def idle_words(each: SignedIn, now: int) -> str:
    """For how long no key was pressed; it is written down once a minute at most, so less than that is not told apart."""
    idle = each.idle(now)
    if not idle:
        return _("under a minute")
    if idle < HOUR:
        minutes = idle // MINUTE
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = idle // HOUR
    return ngettext("{n} hour", "{n} hours", hours).format(n=hours)


def section_words(each: SignedIn) -> str:
    """The section by its title; "" where it is not known."""
    return next((_(section.title) for section in SECTIONS if section.name == each.section), each.section)


def device_words(each: SignedIn) -> str:
    """The device key by its name, or as much of its fingerprint as tells it apart; "" without one."""
    return each.device if each.device != each.fingerprint else each.device[:FINGERPRINT]


def detail(each: SignedIn, zone: str) -> Content:
    """Everything about a session: who, since when, from where; then what they do."""
    now = clock.now()
    who = BETWEEN.join([each.name, each.login, *([_("owner")] if each.is_owner else [])])
    idle = _("no key for {time}").format(time=idle_words(each, now)) if each.idle(now) else _("last key under a minute ago")
    section = [_("in {section}").format(section=section_words(each))] if each.section else []
    state = [_("this session")] if each.is_this else []
    lines = [origin(each, zone), BETWEEN.join([idle, *section, *_states(each), *state])]
    return Content("\n").join([words.plain(who, "bold"), *map(words.plain, lines)])


def origin(each: SignedIn, zone: str) -> str:
    """Since when, and from where: "since 2026-11-22 11:00 (1 hour ago) · from 203.0.113.9 · device key laptop · pts/3"."""
    moment = clock.minute(each.started_at, zone)
    since = _("since {moment} ({distance})").format(moment=moment, distance=ago(each.started_at))
    device = [_("device key {name}").format(name=device_words(each))] if each.device else []
    return BETWEEN.join([since, origin_words(each.address), *device, *([each.terminal] if each.terminal else [])])
