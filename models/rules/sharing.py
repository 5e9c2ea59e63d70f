"""Whose chat records somebody reads, as one setting: their own only, their team's, all.

The setting is nothing of its own. It is the two permissions as they are given beside the roles, so that it is given, previewed, logged,
limited and ended like every other access; this module says which extras a setting is, and which setting extras amount to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from models.catalogue import permissions
from models.rules.access import Source, Verdict, allows
from models.rules.grants import AccessChange, ExtraGift, outlasts

OWN: Final = "own"
TEAM: Final = "team"
ALL: Final = "all"

SETTINGS: Final = (OWN, TEAM, ALL)
"""From the narrowest to the widest."""

TEAM_CODE: Final = "chat.record.team"
ALL_CODE: Final = "chat.record.all"

CODES: Final = {TEAM: TEAM_CODE, ALL: ALL_CODE}
"""The permission that makes a setting what it is; the wider one comes with the narrower."""

Ends = Mapping[str, int | None]
"""Extras that hold, by code, each with its last instant, UTC microseconds (None: without end); others than the two are passed over."""


class Sharing(NamedTuple):
    """Whose chat records somebody reads, and through what.

    Attributes:
        given: the setting that their extras amount to.
        reads: what they read by extras, roles and post together; who is not active, once they are.
        until: the last instant of the extra that makes `given` what it is; None without end, and where there is none.
        by_others: what roles give, or being the owner: each setting that something else than an extra gives, with what does.
        cut: settings that were given, by whatever, and that the post bars.
    """

    given: str
    reads: str
    until: int | None
    by_others: tuple[tuple[str, Source], ...]
    cut: tuple[str, ...]

    def stays(self, wanted: str) -> tuple[tuple[str, Source], ...]:
        """What is read beyond `wanted` whatever the setting is, because it is no extra that gives it."""
        beyond = SETTINGS[SETTINGS.index(wanted) + 1 :]
        return tuple((setting, source) for setting, source in self.by_others if setting in beyond and setting not in self.cut)


def of(verdicts: Mapping[str, Verdict]) -> Sharing:
    """What somebody's verdicts amount to.

    Args:
        verdicts: of the two permissions, judged for one person; there may be others among them.
    """
    extras: dict[str, int | None] = {}
    others: list[tuple[str, Source]] = []
    for setting, code in CODES.items():
        for source in verdicts[code].sources:
            if source.kind == "extra":
                extras[code] = source.until
            else:
                others.append((setting, source))
    given = amounts_to(extras)
    reads = next((setting for setting in (ALL, TEAM) if verdicts[CODES[setting]].granted), OWN)
    cut = tuple(setting for setting, code in CODES.items() if verdicts[code].sources and not verdicts[code].granted)
    return Sharing(given, reads, extras.get(CODES.get(given, "")), tuple(others), cut)


def amounts_to(extras: Ends) -> str:
    """The setting that extras are: the widest of them counts, alone or not."""
    return next((setting for setting in (ALL, TEAM) if CODES[setting] in extras), OWN)


def fits(post: str, setting: str) -> bool:
    """Whether somebody with `post` could make anything of a setting."""
    return setting == OWN or allows(post, permissions()[CODES[setting]])


def wanted_ends(extras: Ends, wanted: str, until: int | None) -> dict[str, int | None]:
    """The extras, of the two, that make the setting `wanted` with its last instant.

    The narrower one that is held for longer than the wider is to be keeps its own end: going on to read one's team's is none of it.
    """
    if wanted == OWN:
        return {}
    if wanted == TEAM:
        return {TEAM_CODE: until}
    held = extras.get(TEAM_CODE, until)
    return {TEAM_CODE: held if outlasts(held, until) else until, ALL_CODE: until}


def change(extras: Ends, wanted: str, until: int | None = None) -> AccessChange:
    """What is to be given and taken to come from the setting that is to `wanted`; empty where it is that already, with that end.

    Args:
        extras: the extras that hold now.
        wanted: own, team or all.
        until: the last instant of what is wanted; None without end.
    """
    target = wanted_ends(extras, wanted, until)
    give = tuple(ExtraGift(code, end) for code, end in target.items() if code not in extras or extras[code] != end)
    take = tuple(code for code in CODES.values() if code in extras and code not in target)
    return AccessChange(give_extras=give, take_extras=take)
