"""Which people the list shows: what can be chosen, and the line that says what was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from models.catalogue import POSTS, STATUSES, post_label, status_label
from models.i18n import N_, _
from models.queries.departments import Tree
from models.queries.due import LABELS as DUE_LABELS
from models.queries.roles import RoleRow
from models.queries.staff import StaffFilter
from screens.dialogs.choose import Option

NOBODY_LEFT_OUT: Final = "all"
"""The option that takes every filter away."""

KINDS: Final = {
    "status": N_("Status"),
    "post": N_("Post"),
    "department_id": N_("Department"),
    "role_id": N_("Role"),
    "due": N_("To do"),
}
"""Every field of `StaffFilter` that the dialog sets, and what it is called."""

_INDENT: Final = "  "


class Filters:
    """The filters that there are, by their names in the language in force.

    Args:
        tree: the open departments.
        roles: the open roles.
    """

    def __init__(self, tree: Tree, roles: tuple[RoleRow, ...]) -> None:
        self._departments = {row.id: row.label for row in tree.rows}
        self._indented = {row.id: _INDENT * row.depth + row.label for row in tree.rows}
        self._roles = {row.id: row.label for row in roles}

    def options(self, wanted: StaffFilter) -> list[Option]:
        """What can be chosen; what is chosen already bears a mark, and choosing it again takes it away."""
        chosen = {f"{field}:{getattr(wanted, field)}" for field in KINDS if getattr(wanted, field)}
        offered = [Option(NOBODY_LEFT_OUT, _("Everybody who has not left"))] if chosen else []
        for field, values in self._values(indented=True).items():
            for value, label in values.items():
                key = f"{field}:{value}"
                offered.append(Option(key, f"✓ {label}" if key in chosen else label, _(KINDS[field])))
        return offered

    def words(self, wanted: StaffFilter) -> list[str]:
        """What is filtered by, in few words each; empty where nothing is."""
        values = self._values(indented=False)
        said: dict[str, Callable[[str], str]] = {  # a post, a department and a role may bear the same name
            "post": lambda label: _("post {post}").format(post=label),
            "role_id": lambda label: _("role {role}").format(role=label),
        }
        return [said.get(field, str)(values[field].get(value, str(value))) for field in KINDS if (value := getattr(wanted, field))]

    def _values(self, *, indented: bool) -> Mapping[str, Mapping[Any, str]]:
        return {
            "status": {status: status_label(status) for status in STATUSES},
            "post": {post: post_label(post) for post in POSTS},
            "department_id": self._indented if indented else self._departments,
            "role_id": self._roles,
            "due": {due: _(label) for due, label in DUE_LABELS.items()},
        }


def chosen(wanted: StaffFilter, key: str) -> StaffFilter:
    """The filter after the option `key` was chosen."""
    if key == NOBODY_LEFT_OUT:
        return cleared(wanted)
    field, _colon, text = key.partition(":")
    value: Any = int(text) if field.endswith("_id") else text
    nothing = StaffFilter._field_defaults[field]
    return wanted._replace(**{field: nothing if getattr(wanted, field) == value else value})


def cleared(wanted: StaffFilter) -> StaffFilter:
    """The same order and search, and nobody filtered out."""
    return wanted._replace(**{field: StaffFilter._field_defaults[field] for field in KINDS})


def is_filtered(wanted: StaffFilter) -> bool:
    """Whether anybody is filtered out, the search apart."""
    return wanted != cleared(wanted)
