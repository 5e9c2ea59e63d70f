"""A preview in words: what somebody will be able to do, area by area, and what a change gives and takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.content import Content

from models.catalogue import area_label, closure, permission_label, post_label
from models.explain import end_words, source_label, source_words
from models.i18n import _, ngettext
from models.queries.access import Preview, PreviewLine
from models.rules.access import Source
from models.rules.grants import AccessChange
from screens.widgets import words
from screens.widgets.fact_list import Fact, heading

GAINED: Final = f"{words.MAY}+"
LOST: Final = f"{words.MAY_NOT}−"

SEPARATOR: Final = " · "


def summary(preview: Preview, *, newcomer: bool) -> Content:
    """The line above: how many permissions, how many high-risk, whether TOTP is asked for; of a change first how many come and go."""
    may = sum(line.after.granted for line in preview.lines)
    parts = [ngettext("{n} permission", "{n} permissions", may).format(n=may)]
    if not newcomer:
        parts = [_("+{gained} −{lost}").format(gained=_gained(preview), lost=_lost(preview)), *parts]
    if preview.high_risk:
        parts.append(ngettext("{n} high-risk", "{n} high-risk", preview.high_risk).format(n=preview.high_risk) + f" {words.HIGH_RISK}")
    if cut := sum(line.cut for line in preview.lines):
        parts.append(ngettext("{n} cut by the post", "{n} cut by the post", cut).format(n=cut))
    if preview.must_enrol:
        parts.append(_("must set up phone codes at the next sign-in"))
    return words.plain(SEPARATOR.join(parts), "bold")


def change_words(change: AccessChange, preview: Preview, roles: Mapping[int, str], zone: str) -> str:
    """What was ticked, in one line: the post, what is given and until when, what is taken, with what comes and goes along.

    Args:
        roles: the names of the roles by their ids.
        zone: the shop's time zone.
    """
    parts = [] if change.post is None else ["→ " + _("post {post}").format(post=post_label(change.post))]
    parts += ["− " + _("role {role}").format(role=roles.get(role, str(role))) for role in change.take_roles]
    parts += ["− " + permission_label(code) for code in preview.taken]
    gifts = [(_("role {role}").format(role=roles.get(gift.role_id, str(gift.role_id))), gift.until) for gift in change.give_roles]
    gifts += [(permission_label(gift.permission), gift.until) for gift in preview.extras]
    for label, until in gifts:
        end = end_words(until, zone)
        parts.append("+ " + (_("{source}, {end}").format(source=label, end=end) if end else label))
    return SEPARATOR.join(parts)


def facts(preview: Preview, *, newcomer: bool, zone: str) -> list[Fact]:
    """Every line of a preview, with the areas as headings.

    Args:
        zone: the shop's time zone.
    """
    laid: list[Fact] = []
    for area, lines in preview.by_area:
        laid.append(heading(area_label(area), area))
        laid += [_fact(line, preview, newcomer=newcomer, zone=zone) for line in lines]
    return laid


def _fact(line: PreviewLine, preview: Preview, *, newcomer: bool, zone: str) -> Fact:
    return Fact(
        line.permission.code,
        line.permission.label,
        said(line, preview, newcomer=newcomer, zone=zone),
        mark=_mark(line, newcomer=newcomer),
        high_risk=line.permission.high_risk,
        dim=not newcomer and line.after.granted and not line.gained,
    )


def _mark(line: PreviewLine, *, newcomer: bool) -> Content:
    if line.gained and not newcomer:
        return words.plain(GAINED, "$text-success")
    if line.lost:
        return words.plain(LOST, "$text-error")
    return words.plain(words.MAY, "$text-success") if line.after.granted else words.plain(words.MAY_NOT, "$text-warning")


def said(line: PreviewLine, preview: Preview, *, newcomer: bool, zone: str) -> list[str]:
    """Where a permission comes from, how long it holds, or why it is not there; one text a source."""
    if line.cut:
        texts = [_("{source} has it; the post, customer service, bars it").format(source=source_label(each)) for each in line.after.sources]
        return list(dict.fromkeys(texts))
    if line.lost:
        return [_lost_words(line, preview, each, zone) for each in line.before.sources]
    texts = [_with_reason(line, preview, each, zone) for each in line.after.sources]
    if not newcomer and not line.gained and line.before.until != line.after.until:
        before = end_words(line.before.until, zone) or _("without end")
        texts.append(_("before: {end}").format(end=before))
    return texts


def _with_reason(line: PreviewLine, preview: Preview, source: Source, zone: str) -> str:
    """An extra that another one needs says so."""
    wanted_by = [gift.permission for gift in preview.extras if gift.permission != line.permission.code]
    needed = next((code for code in wanted_by if line.permission.code in closure(code)), None)
    given = any(gift.permission == line.permission.code for gift in preview.extras)
    text = source_words(source, zone)
    if source.kind == "extra" and given and needed:
        return _("{source}; “{permission}” needs it").format(source=text, permission=permission_label(needed))
    return text


def _lost_words(line: PreviewLine, preview: Preview, source: Source, zone: str) -> str:
    """An extra that cannot stand without another that is taken says so."""
    text = _("was: {source}").format(source=source_words(source, zone))
    others = closure(line.permission.code) - {line.permission.code}
    needs = next((code for code in preview.taken if code in others), None)
    if source.kind == "extra" and needs and line.permission.code in preview.taken:
        return _("{source}; it needs “{permission}”").format(source=text, permission=permission_label(needs))
    return text


def _gained(preview: Preview) -> int:
    return sum(line.gained for line in preview.lines)


def _lost(preview: Preview) -> int:
    return sum(line.lost for line in preview.lines)
