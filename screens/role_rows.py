"""How roles and what is in them are laid out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from textual.content import Content

from models.catalogue import OPERATIONS, Permission, area_label, areas, in_order, permission_label, permissions, post_label, risk_label
from models.i18n import N_, _, ngettext
from models.queries.roles import Affected, RoleDetail, RoleRow
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Row

NAMES: Final = 12
"""Holders who are named where there is little room; the list of holders has them all."""

LIST: Final = (
    Column("role", N_("Role"), keep=ALWAYS),
    Column("permissions", N_("Permissions"), width=11, align="right", keep=3),
    Column("high", words.HIGH_RISK, width=3, align="right", keep=4),
    Column("post", N_("Kept for"), width=12, keep=2),
    Column("holders", N_("Holders"), width=7, align="right", keep=5),
)

MATRIX: Final = (
    Column("permission", N_("Permission"), least=20, keep=ALWAYS),
    Column("risk", words.HIGH_RISK, width=1, keep=ALWAYS),
    Column("post", N_("Kept for"), width=12, keep=3),
    Column("needs", N_("Needs"), least=16, keep=1),
)


def role_row(role: RoleRow) -> Row:
    """A role in the list of roles."""
    post = post_label(OPERATIONS) if role.needs_operations else ""
    return Row(role.id, (role.label, str(role.permissions), str(role.high or ""), post, str(role.holders)))


def matrix(codes: Iterable[str], barred: Collection[str]) -> list[Row]:
    """Every permission under its area; those that the person at work cannot put into a role are dim.

    Args:
        codes: what is in the role: it may stay whoever is at work, and is shown even where the catalogue does not know it.
    """
    inside = frozenset(codes)
    rows = []
    for area in areas():
        rows.append(Row(f"area:{area}", (area_label(area),), heading=True))
        rows += [_permission_row(each, barred, inside) for each in permissions().values() if each.area == area]
    unknown = sorted(inside - permissions().keys())
    if unknown:
        rows.append(Row("area:", (_("No longer in the catalogue"),), heading=True))
    return rows + [Row(code, (code, "", "", "")) for code in unknown]


def _permission_row(permission: Permission, barred: Collection[str], inside: Collection[str]) -> Row:
    post = post_label(OPERATIONS) if permission.post == OPERATIONS else ""
    cells = (permission.label, risk_mark(permission), post, labels(permission.needs))
    return Row(permission.code, cells, dim=permission.code in barred and permission.code not in inside)


def risk_mark(permission: Permission) -> Content:
    """▲ for what is high-risk."""
    return words.plain(words.HIGH_RISK if permission.high_risk else "", "$text-error")


def labels(codes: Iterable[str]) -> str:
    """What permissions are called, in the catalogue's order; high-risk ones with their mark."""
    return _(", ").join(marked(code) for code in in_order(codes))


def marked(code: str) -> str:
    """A permission's label, with the mark of high risk."""
    known = permissions().get(code)
    return f"{permission_label(code)}{words.HIGH_RISK}" if known and known.high_risk else permission_label(code)


def facts(permission: Permission) -> str:
    """The risk, the post and the needs of a permission in a line."""
    said = [risk_label(permission.risk)]
    if permission.owner_only:
        said.append(_("the owner's alone"))
    elif permission.post == OPERATIONS:
        said.append(_("kept for the post {post}").format(post=post_label(OPERATIONS)))
    if permission.needs:
        said.append(_("needs {permissions}").format(permissions=labels(permission.needs)))
    return " · ".join(said)


def sum_of(codes: Collection[str]) -> str:
    """How much is in a role: `11 permissions · 2 high-risk ▲ · kept for the post Operations`."""
    known = [permissions()[code] for code in codes if code in permissions()]
    said = [ngettext("{count} permission", "{count} permissions", len(codes)).format(count=len(codes))]
    if high := sum(permission.high_risk for permission in known):
        said.append(_("{count} high-risk {mark}").format(count=high, mark=words.HIGH_RISK))
    if any(permission.post == OPERATIONS for permission in known):
        said.append(_("kept for the post {post}").format(post=post_label(OPERATIONS)))
    return " · ".join(said)


def difference(before: Collection[str], after: Collection[str]) -> str:
    """`+2 −1`."""
    added, removed = len(frozenset(after) - frozenset(before)), len(frozenset(before) - frozenset(after))
    return " ".join([f"+{added}"] * bool(added) + [f"−{removed}"] * bool(removed))


def gained_and_lost(gained: Collection[str], lost: Collection[str]) -> str:
    """`+ Change price ▲, View goods  − Delete goods ▲`."""
    return "  ".join([f"+ {labels(gained)}"] * bool(gained) + [f"− {labels(lost)}"] * bool(lost))


def effects(affected: Sequence[Affected], holders: int) -> Iterator[str]:
    """What saving changes for whom: people to whom the same happens together, and how many keep what they have."""
    together: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for person in affected:
        together.setdefault((person.gained, person.lost), []).append(f"{person.name} ({person.login})")
    for (gained, lost), people in together.items():
        yield gained_and_lost(gained, lost)
        yield f"    {_(', ').join(words.capped(people))}"
    if same := holders - len(affected):
        yield ngettext(
            "{count} holder can do the same as before: the post or another grant sees to it.",
            "{count} holders can do the same as before: the post or another grant sees to it.",
            same,
        ).format(count=same)


def about(detail: RoleDetail) -> Content:
    """A role at a glance: how much, who, and what, area by area."""
    row = detail.row
    parts: list[str | Content] = [words.plain(row.label, "bold"), "\n", sum_of(detail.permissions), "\n"]
    named = [holder.name for holder in detail.holders[:NAMES]]
    more = len(detail.holders) - len(named)
    people = _(", ").join(named) + (f" +{more}" if more else "")
    parts += [words.plain(_("Holders"), "$text-muted"), "  ", people or _("nobody"), "\n"]
    for area, codes in by_area(detail.permissions).items():
        parts += ["\n", words.plain(area_label(area), "$accent"), "  ", labels(codes)]
    return words.join(*parts)


def by_area(codes: Iterable[str]) -> Mapping[str, list[str]]:
    """Codes of the catalogue by their areas, both in its order."""
    found: dict[str, list[str]] = {}
    for code in in_order(codes):
        if code in permissions():
            found.setdefault(permissions()[code].area, []).append(code)
    return {area: found[area] for area in areas() if area in found}
