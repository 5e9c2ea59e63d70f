"""What the home screen reminds of, a line each: what it is, and where enter goes to settle it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from models import clock
from models.i18n import _, ngettext
from models.queries.backups import Status
from models.queries.ownership import OfferRow
from models.queries.reminders import EndingKey, Failed, Reminders
from models.queries.seats import Notice
from screens import seat_words
from screens.widgets import words

SECURITY: Final[dict[str, object]] = {"security": True}
"""Where in one's own section one's protection is."""

HISTORY: Final[dict[str, object]] = {"history": True}
"""Where in one's own section one's sign-ins are."""

DEVICES: Final[dict[str, object]] = {"devices": True}
"""Where in one's own section one's device keys are."""

BACKUPS: Final[dict[str, object]] = {"backups": True}
"""Where in the shop's section the backups are."""

SEATS: Final[dict[str, object]] = {"seats": True}
"""Where in the shop's section the seats are."""

OFFERED: Final = "offer"
"""The key of the line that says that the shop is offered to the reader."""


class Reminder(NamedTuple):
    """A line: its key, a number or a mark, what it is, what more there is to say, and where enter goes; "" for nowhere."""

    key: str
    mark: str
    what: str
    detail: str
    section: str = ""
    where: dict[str, object] | None = None


def lines(found: Reminders, zone: str) -> list[Reminder]:
    """Everything there is to be reminded of, the most urgent first."""
    shown = []
    if found.offer is not None:
        shown.append(_heirs(found.offer) if found.is_heir else _owners(found.offer, zone))
    for place, (address, at) in enumerate(found.addresses):
        said = f"{address}, {clock.minute(at, zone)}"
        shown.append(Reminder(f"address {place}", words.HIGH_RISK, _("New address"), said, "me", HISTORY))
    if found.failed is not None:
        shown.append(_failed(found.failed, zone))
    if found.lacks_totp:
        said = _("Put off. Set them up: 9 Me, s My security") if found.put_off else _("Set them up: 9 Me, s My security")
        shown.append(Reminder("totp", words.HIGH_RISK, _("No phone codes"), said, "me", SECURITY))
    if found.codes_left is not None:
        shown.append(_codes(found.codes_left))
    if found.backup is not None:
        shown += _backup(found.backup, zone)
    if found.seats is not None:
        shown += _seats(found.seats, zone)
    return [*shown, *(_key(each, zone) for each in found.keys)]


def _backup(status: Status, zone: str) -> Iterator[Reminder]:
    """What the owner is told of backups, in two lines at most."""
    last = status.last
    if status.failed is not None:
        said = _("the last attempt, {moment}, failed").format(moment=clock.minute(status.failed.at, zone))
        yield Reminder("backup", words.MAY_NOT, _("No new backup"), said, "shop", BACKUPS)
    elif status.is_overdue:
        said = _("the last one: {distance}").format(distance=clock.distance(last.at)) if last is not None else _("there never was one")
        yield Reminder("backup", words.HIGH_RISK, _("Backup overdue"), said, "shop", BACKUPS)
    if last is not None and not status.key_copied:
        yield Reminder("key file", words.HIGH_RISK, _("Key file"), _("in no backup, and never copied"), "shop", BACKUPS)


def _seats(notice: Notice, zone: str) -> Iterator[Reminder]:
    """What is told of seats: to the owner, who is led there, and to whoever onboards, who has to ask."""
    if notice.seats.over:
        said = (
            _("people {used}, seats {seats}: nobody new comes in until you add some")
            if notice.is_owner
            else _("people {used}, seats {seats}: nobody new comes in until {owner} adds some")
        ).format(used=notice.seats.used, seats=notice.seats.total, owner=notice.owner)
        section = "shop" if notice.is_owner else ""
        yield Reminder("seats over", words.MAY_NOT, _("Too few seats"), said, section, SEATS if notice.is_owner else None)
    if notice.unclaimed:
        what = ngettext("Gifted seat to claim", "Gifted seats to claim", notice.unclaimed)
        yield Reminder("seats gifted", str(notice.unclaimed), what, _("counted once claimed"), "shop", SEATS)
    if notice.ending is not None:
        what = ngettext("Seat ends soon", "Seats end soon", notice.ending.number)
        said = seat_words.ending(notice.ending, notice.seats.used, zone)
        yield Reminder("seats ending", str(notice.ending.number), what, said, "shop", SEATS)


def _heirs(offer: OfferRow) -> Reminder:
    said = _("{owner} offers you the shop").format(owner=offer.owner)
    return Reminder(OFFERED, words.HIGH_RISK, _("Offer of the shop"), said)


def _owners(offer: OfferRow, zone: str) -> Reminder:
    said = _("to {name}, until {moment}").format(name=offer.heir, moment=clock.minute(offer.until, zone))
    return Reminder("offered", "→", _("Offer of the shop"), said, "shop", {})


def _failed(failed: Failed, zone: str) -> Reminder:
    moment = clock.minute(failed.at, zone)
    said = _("the last {moment}, from {address}") if failed.address else _("the last {moment}, at the machine")
    what = ngettext("Failed sign-in", "Failed sign-ins", failed.number)
    return Reminder("failed", str(failed.number), what, said.format(moment=moment, address=failed.address), "me", HISTORY)


def _key(key: EndingKey, zone: str) -> Reminder:
    said = _("{name}, on {day} ({distance})").format(name=key.name, day=clock.day(key.until, zone), distance=clock.distance(key.until))
    return Reminder(f"device {key.id}", words.HIGH_RISK, _("Device key ends"), said, "me", DEVICES)


def _codes(left: int) -> Reminder:
    said = ngettext("{n} left: make new ones in My security", "{n} left: make new ones in My security", left).format(n=left)
    return Reminder("codes", words.HIGH_RISK, _("Recovery codes"), said, "me", SECURITY)
