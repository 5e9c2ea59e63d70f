"""Whose chat records somebody reads, in words: the setting, where it comes from, and what it cannot change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.catalogue import LEFT, closure
from models.explain import source_label, source_words
from models.i18n import N_, _
from models.queries.staff import Grant, StaffDetail
from models.rules import sharing
from models.rules.access import Verdict
from models.rules.sharing import ALL, CODES, OWN, TEAM, Sharing
from screens.widgets.fact_list import Fact

SHARING: Final = "sharing"
"""The key of the fact, and of the field."""

KEY: Final = "t"
"""What opens it from anywhere in a profile."""

_SETTINGS: Final = {OWN: N_("own only"), TEAM: N_("team"), ALL: N_("all")}

_HINTS: Final = {
    OWN: N_("Reads what they write to customers themselves."),
    TEAM: N_("Also their department's and those below it: an extra."),
    ALL: N_("Every conversation of the shop: two extras."),
}


def setting_label(setting: str) -> str:
    """What a setting is called."""
    return _(_SETTINGS[setting])


def setting_hint(setting: str, post: str) -> str:
    """What a setting means for a newcomer with a post."""
    return _(_HINTS[setting]) if sharing.fits(post, setting) else _("Kept for the post operations.")


def fact(detail: StaffDetail, verdicts: Mapping[str, Verdict], zone: str, *, hotkey: str = "") -> Fact | None:
    """Whose chat records a person reads, through what and until when; None of somebody who has left, who reads none.

    Args:
        zone: the shop's time zone.
        hotkey: the key that changes it; "" where the reader cannot.
    """
    if detail.status == LEFT:
        return None
    found = sharing.of(verdicts)
    said = [_reads(found, detail)]
    for setting, code in CODES.items():
        for source in verdicts[code].sources:
            if source.kind != "owner":
                words = _cut(source_label(source)) if setting in found.cut else source_words(source, zone)
                said.append(_("{setting}: {source}").format(setting=setting_label(setting), source=words))
    return Fact(SHARING, _("Chat records"), tuple(dict.fromkeys(said)), opens=True, hotkey=hotkey)


def _reads(found: Sharing, detail: StaffDetail) -> str:
    if found.reads == ALL:
        return _("all: of everybody in the shop")
    if found.reads == OWN:
        return setting_label(OWN)
    if detail.department_id is None:
        return _("own only: the team is one's department, and they belong to none")
    return _("team: {department} and below").format(department=detail.department)


def _cut(source: str) -> str:
    return _("{source} has it; the post, customer service, bars it").format(source=source)


def extras_of(grants: tuple[Grant, ...], now: int) -> dict[str, int | None]:
    """The extras that are not over at `now`, each with its last instant."""
    return {grant.key: grant.until for grant in grants if grant.kind == "extra" and (grant.until is None or grant.until >= now)}


def stays(found: Sharing, wanted: str) -> str:
    """That a setting does not lower what roles give, and which; "" where they give no more than it."""
    beyond = found.stays(wanted)
    if not beyond:
        return ""
    setting, source = beyond[-1]
    said = _("The setting takes away no more than it gave: {setting} stays, by the {source}.")
    return said.format(setting=_("“{permission}”").format(permission=setting_label(setting)), source=source_label(source))


def in_the_way(setting: str, post: str, held: frozenset[str]) -> str:
    """Why a setting cannot be given, in few words; "" where it can.

    Args:
        held: what whoever gives it may use.
    """
    if not sharing.fits(post, setting):
        return _("kept for operations")
    needed = closure(CODES[setting]) if setting != OWN else frozenset()
    return "" if needed <= held else _("beyond your own access")


def until_now(extras: Mapping[str, int | None], setting: str) -> int | None:
    """The end that an extra of that setting has, which is offered first; of one that is not held, that of the narrower."""
    codes = [CODES[setting], CODES[TEAM]]
    return next((extras[code] for code in codes if code in extras), None)
