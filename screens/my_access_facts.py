"""What one is told about oneself beyond what anybody's profile says: what one may not do, the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from models import clock
from models.catalogue import area_label, areas, permissions
from models.explain import end_words, obstacle_words, source_label
from models.i18n import N_, _, ngettext
from models.rules.access import Source, Verdict
from screens.home_rows import BETWEEN
from screens.languages import language_name
from screens.staff_facts import PERMISSION
from screens.widgets import words
from screens.widgets.fact_list import Fact, heading

_IN_THE_WAY: Final = {
    "owner_only": N_("the owner's alone"),
    "post": N_("kept for the operations post"),
    "not_granted": N_("not given to you"),
}
"""What stands between somebody and a permission, the hardest to change first."""


def language(chosen: str | None, shops: str) -> Fact:
    """The language that is spoken to one, and whose choice it is."""
    said = language_name(chosen) if chosen else _("the shop's: {language}").format(language=language_name(shops))
    return Fact("language", _("Language"), (said,))


def may(verdicts: Mapping[str, Verdict], zone: str, *, everything: bool, whole: bool) -> list[Fact]:
    """What one may do, area by area, each with where it comes from and until when.

    Args:
        everything: also what one may not do, with what is in the way.
        whole: also by whom and since when, which the roles and extras above say as well; for where there is room.
    """
    allowed = [verdict for verdict in verdicts.values() if verdict.allowed]
    high = sum(permissions()[verdict.permission].high_risk for verdict in allowed)
    told = [ngettext("{n} permission", "{n} permissions", len(allowed)).format(n=len(allowed))]
    if high:
        told.append(ngettext("{n} high-risk", "{n} high-risk", high).format(n=high) + f" {words.HIGH_RISK}")
    facts = [heading(_("{title}: {count}").format(title=_("What you may do"), count=BETWEEN.join(told)), "may", part=True)]
    shown = [verdict for verdict in verdicts.values() if verdict.allowed or verdict.sources or everything]
    if not shown:
        return [*facts, Fact("may nothing", _("Nothing yet"), (_("“a” shows what there is, and who could give it to you."),), dim=True)]
    for area in areas():
        inside = [verdict for verdict in shown if permissions()[verdict.permission].area == area]
        if inside:
            facts.append(heading(f"  {area_label(area)}", f"area:{area}"))
            facts += [_permission(verdict, zone, whole=whole) for verdict in inside]
    return facts


def _permission(verdict: Verdict, zone: str, *, whole: bool) -> Fact:
    permission = permissions()[verdict.permission]
    said: Sequence[str] = [source_facts(source, zone, whole=whole) for source in verdict.sources]
    if not verdict.allowed:
        said = [_in_the_way(verdict, zone)]
    return Fact(
        f"{PERMISSION}{permission.code}",
        permission.label,
        said,
        mark=words.plain(words.MAY, "$text-success") if verdict.allowed else words.plain(words.MAY_NOT, "$text-warning"),
        high_risk=permission.high_risk,
        dim=not verdict.allowed,
        opens=True,
    )


def _in_the_way(verdict: Verdict, zone: str) -> str:
    """What would have to change first; "why?" has all of it."""
    obstacles = {obstacle.kind: obstacle for obstacle in verdict.obstacles}
    for kind, words_for_it in _IN_THE_WAY.items():
        if kind in obstacles:
            return _(words_for_it)
    return obstacle_words(verdict.obstacles[0], zone)


def source_facts(source: Source, zone: str, *, whole: bool) -> str:
    """What a permission comes from: "role Customer service · by wang since 2026-01-02 · until 2026-12-31 (in 40 days)".

    Args:
        whole: with by whom and since when.
    """
    parts = [source_label(source)]
    if whole and source.by:
        parts.append(_("by {by} since {since}").format(by=source.by, since=clock.day(source.since, zone)))
    if source.until is not None:
        parts.append(end_words(source.until, zone))
    return BETWEEN.join(parts)
