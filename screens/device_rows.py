"""Device keys in rows and in words: what each is called, until when it opens anything, when it last did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from models import clock
from models.i18n import N_, _, ngettext
from models.queries.devices import DeviceRow
from models.queries.reminders import KEY_DAYS
from screens.home_rows import BETWEEN, ago
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Row

COLUMNS: Final = (
    Column("mark", width=1, keep=ALWAYS),
    Column("name", N_("Device"), least=14, keep=ALWAYS),
    Column("size", N_("Type"), width=10, keep=5),
    Column("fingerprint", N_("Fingerprint"), width=50, keep=3),
    Column("until", N_("Until"), width=24, keep=8),
    Column("used", N_("Last used"), width=11, keep=7),
    Column("added", N_("Added"), width=10, keep=4),
)
"""Where it is narrow, what is kept least goes first; the fingerprint then stands below the list."""


def row(device: DeviceRow, zone: str, current: str) -> Row:
    """A key in a line.

    Args:
        current: the fingerprint of the key that the reader came with; "" where there is none.
    """
    over, here = device.has_ended(clock.now()), device.fingerprint == current
    mark = words.plain(words.LEFT) if over else words.plain(words.ACTIVE, "$text-success" if here else "$text-muted")
    used = _("this device") if here else _("never") if device.used_at is None else clock.day(device.used_at, zone)
    cells = (mark, device.name, device.size, device.fingerprint, until_words(device, zone), used, clock.day(device.added_at, zone))
    return Row(device.id, cells, dim=over)


def until_words(device: DeviceRow, zone: str) -> Content:
    """The end date and how long that is from now; one that is near stands out."""
    until, now = device.expires_at, clock.now()
    if until is None:
        return words.plain(_("without end"))
    said = _("{day} ({distance})").format(day=clock.day(until, zone), distance=clock.distance(until, now))
    return words.plain(said, "$text-warning" if now <= until <= now + KEY_DAYS * clock.DAY else "")


def detail(device: DeviceRow, zone: str) -> Content:
    """Everything about a key: first what people compare with what `ssh-keygen -lf` says."""
    moment = _("{moment} ({distance})")
    added = _("Added {moment} by {by}").format(
        moment=moment.format(moment=clock.minute(device.added_at, zone), distance=ago(device.added_at)), by=device.added_by
    )
    if device.used_at is None:
        used = _("Never used")
    else:
        used = _("Last used {moment}").format(moment=moment.format(moment=clock.minute(device.used_at, zone), distance=ago(device.used_at)))
    below = [BETWEEN.join([end_words(device, zone), used]), BETWEEN.join([device.size, added])]
    return Content("\n").join([words.plain(device.fingerprint, "bold"), *map(words.plain, below)])


def end_words(device: DeviceRow, zone: str) -> str:
    """Until when it opens anything, in a sentence's words."""
    until, now = device.expires_at, clock.now()
    if until is None:
        return _("Without end")
    said = N_("Ended {day} ({distance})") if device.has_ended(now) else N_("Ends {day} ({distance})")
    return _(said).format(day=clock.day(until, zone), distance=clock.distance(until, now))


def summary(devices: Sequence[DeviceRow], zone: str) -> str:
    """How many open anything, and which ends next: "2, the next ends 2026-12-31 (in 40 days)"; "" for none."""
    now = clock.now()
    live = [device for device in devices if not device.has_ended(now)]
    ends = [device.expires_at for device in live if device.expires_at is not None]
    if not live:
        return ""
    said = ngettext("{n} key", "{n} keys", len(live)).format(n=len(live))
    if not ends:
        return said
    next_one = min(ends)
    ending = N_("{keys}, the next ends {day} ({distance})") if len(live) > 1 else N_("{keys}, it ends {day} ({distance})")
    return _(ending).format(keys=said, day=clock.day(next_one, zone), distance=clock.distance(next_one, now))
