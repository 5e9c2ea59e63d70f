"""A role while it is being changed: what was read, what is ticked, and what a tick brings along."""

from __future__ import annotations

from models.catalogue import closure, in_order, needed_by, permissions
from models.errors import Unknown
from models.i18n import _
from models.queries.roles import RoleEditing
from models.rules.separation import refuse_role
from screens.role_rows import labels


class RoleDraft:
    """What somebody makes of a role until they save it.

    Attributes:
        version: of the role as it was read; saving is refused when it is another by then.
        saved: what was in it then.
        wanted: what is ticked.
        refusal: why it cannot be changed; None where it can.
    """

    def __init__(self, editing: RoleEditing) -> None:
        self.version = editing.detail.row.version
        self.saved = frozenset(editing.detail.permissions)
        self.wanted = self.saved
        self.refusal = editing.refusal
        self.barred = editing.barred
        self.apart = editing.apart
        self._label = editing.detail.row.label

    @property
    def changed(self) -> bool:
        """Whether anything else is ticked than what is saved."""
        return self.wanted != self.saved

    def toggle(self, code: str) -> str:
        """Tick what is not ticked, with what it needs; or untick it, with what needs it.

        Returns:
            A sentence about what came or went along; "" for nothing.

        Raises:
            Refusal, Unknown: why that cannot be; nothing is ticked or unticked then.
        """
        if self.refusal is not None:
            raise self.refusal
        return self._untick(code) if code in self.wanted else self._tick(code)

    def _tick(self, code: str) -> str:
        if code not in permissions():
            raise Unknown("permission", code)
        coming = closure(code) - self.wanted
        for each in in_order(coming - self.saved):
            if (refusal := self.barred.get(each)) is not None:
                raise refusal
        refuse_role(self.apart, self.saved | self.wanted, self.wanted | coming, self._label)
        self.wanted |= coming
        also = coming - {code}
        return _("Also ticked: {permissions}").format(permissions=labels(also)) if also else ""

    def _untick(self, code: str) -> str:
        also = needed_by(code, self.wanted & permissions().keys())
        self.wanted -= also | {code}
        return _("Also unticked: {permissions}").format(permissions=labels(also)) if also else ""

    def rebase(self, editing: RoleEditing) -> tuple[frozenset[str], frozenset[str]]:
        """Take the role as somebody else has saved it meanwhile; what is ticked stays ticked.

        Returns:
            What they put in and what they took out.
        """
        before, now = self.saved, frozenset(editing.detail.permissions)
        self.version, self.saved = editing.detail.row.version, now
        self.refusal, self.barred, self.apart = editing.refusal, editing.barred, editing.apart
        self._label = editing.detail.row.label
        return now - before, before - now
