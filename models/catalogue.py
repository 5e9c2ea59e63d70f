"""What there is to grant: permissions with their areas and risks, posts, statuses, and the preset roles and departments.

The catalogue is data (`permissions.csv`, `roles.csv` beside this file), read once when first asked for. Labels are in both
languages; `label` and its kin pick the one in force.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from models.i18n import N_, _, pick

SERVICE: Final = "service"
OPERATIONS: Final = "operations"
POSTS: Final = (SERVICE, OPERATIONS)
"""The two posts, the lower ceiling first."""

INVITED: Final = "invited"
ACTIVE: Final = "active"
FROZEN: Final = "frozen"
LEFT: Final = "left"
STATUSES: Final = (INVITED, ACTIVE, FROZEN, LEFT)

HIGH: Final = "high"

_POST_LABELS: Final = {SERVICE: N_("Customer service"), OPERATIONS: N_("Operations")}
_STATUS_LABELS: Final = {INVITED: N_("invited"), ACTIVE: N_("active"), FROZEN: N_("frozen"), LEFT: N_("left")}
_RISK_LABELS: Final = {"low": N_("low risk"), "medium": N_("medium risk"), HIGH: N_("high risk")}
_AREA_LABELS: Final = {
    "goods": N_("Goods"),
    "trade": N_("Orders"),
    "aftersales": N_("After-sales"),
    "logistics": N_("Logistics"),
    "marketing": N_("Marketing"),
    "decoration": N_("Shop pages"),
    "service": N_("Service"),
    "data": N_("Figures"),
    "finance": N_("Finance"),
    "shop": N_("Shop"),
    "staff": N_("Staff"),
    "audit": N_("Log"),
}


class Permission(NamedTuple):
    """One thing that a person may do.

    Attributes:
        post: the lowest post that may hold it; `service` means both.
        owner_only: in no role and no extra.
        needs: codes that ticking this one brings along, directly; `closure` follows them all.
        consequence_en: what it lets a person do, in one plain sentence; likewise `consequence_zh`.
    """

    code: str
    area: str
    label_en: str
    label_zh: str
    risk: str
    post: str
    owner_only: bool
    needs: tuple[str, ...]
    consequence_en: str
    consequence_zh: str

    @property
    def label(self) -> str:
        """What it is called, in the language in force."""
        return pick(self.label_en, self.label_zh)

    @property
    def consequence(self) -> str:
        """What it lets a person do, in the language in force."""
        return pick(self.consequence_en, self.consequence_zh)

    @property
    def high_risk(self) -> bool:
        """Whether holding it demands TOTP."""
        return self.risk == HIGH


class PresetRole(NamedTuple):
    """A role that a new shop starts with."""

    code: str
    label_en: str
    label_zh: str
    post: str
    permissions: tuple[str, ...]


class PresetDepartment(NamedTuple):
    """A department that a new shop starts with."""

    code: str
    label_en: str
    label_zh: str


PRESET_DEPARTMENTS: Final = (
    PresetDepartment("customer_service", "Customer service", "客服部"),
    PresetDepartment("operations", "Operations", "运营部"),
    PresetDepartment("warehouse", "Warehouse", "仓储部"),
    PresetDepartment("finance", "Finance", "财务部"),
)


_HERE: Final = __file__.rpartition("/")[0] + "/"


def _rows(name: str) -> list[dict[str, str]]:
    with open(_HERE + name, encoding="utf-8", newline="") as file:  # noqa: PTH123  `check` has no time to import pathlib
        return list(csv.DictReader(file))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))


@cache
def permissions() -> dict[str, Permission]:
    """Every permission by its code, in the catalogue's order."""
    return {
        row["code"]: Permission(**(row | {"owner_only": row["owner_only"] == "yes", "needs": _split(row["needs"])}))  # type: ignore[arg-type]  # DictReader knows only strings
        for row in _rows("permissions.csv")
    }


@cache
def preset_roles() -> dict[str, PresetRole]:
    """Every preset role by its code, in the catalogue's order."""
    return {
        row["role"]: PresetRole(row["role"], row["label_en"], row["label_zh"], row["post"], _split(row["permissions"]))
        for row in _rows("roles.csv")
    }


@cache
def areas() -> tuple[str, ...]:
    """The areas in the catalogue's order."""
    return tuple(dict.fromkeys(permission.area for permission in permissions().values()))


@cache
def closure(code: str) -> frozenset[str]:
    """`code` with everything it needs, however deep."""
    return frozenset({code}).union(*(closure(need) for need in permissions()[code].needs))


def with_needs(codes: Iterable[str]) -> frozenset[str]:
    """`codes` and everything they need."""
    return frozenset().union(*(closure(code) for code in codes))


def needed_by(code: str, codes: Iterable[str]) -> frozenset[str]:
    """Those of `codes` that cannot stand without `code`, itself apart."""
    return frozenset(other for other in codes if other != code and code in closure(other))


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    """`codes` in the catalogue's order; unknown ones last, by name."""
    place = _places()
    return tuple(sorted(codes, key=lambda code: (place.get(code, len(place)), code)))


@cache
def _places() -> dict[str, int]:
    return {code: place for place, code in enumerate(permissions())}


def area_label(area: str) -> str:
    """The area's name in the language in force."""
    return _(_AREA_LABELS[area])


def post_label(post: str) -> str:
    """The post's name in the language in force."""
    return _(_POST_LABELS[post])


def status_label(status: str) -> str:
    """The status in the language in force, as it stands in a sentence."""
    return _(_STATUS_LABELS[status])


def risk_label(risk: str) -> str:
    """The risk in the language in force."""
    return _(_RISK_LABELS[risk])


def permission_label(code: str) -> str:
    """The permission's label in the language in force, or the code itself where the catalogue does not know it."""
    known = permissions().get(code)
    return known.label if known else code


def role_label(code: str | None, name: str | None) -> str:
    """What a role is called: the name it was given, else its preset's label in the language in force."""
    if name is not None:
        return name
    preset = preset_roles().get(code or "")
    return pick(preset.label_en, preset.label_zh) if preset else code or ""


def department_label(code: str | None, name: str | None) -> str:
    """What a department is called: the name it was given, else its preset's label in the language in force."""
    if name is not None:
        return name
    return next((pick(preset.label_en, preset.label_zh) for preset in PRESET_DEPARTMENTS if preset.code == code), code or "")
