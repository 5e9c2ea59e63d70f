"""A person's profile, to be changed."""

from __future__ import annotations

from typing import Final

from textual import on, work
from textual.app import ComposeResult

from models.errors import Stale
from models.i18n import N_, _
from models.operations import staff as operations
from models.operations.shop import NAME_LIMIT
from models.operations.staff import Profile
from models.queries import staff
from models.queries.staff import StaffDetail
from screens.base import DetailScreen, scheduled
from screens.widgets.field import Field
from screens.widgets.form import Form

LABELS: Final = {
    "name": N_("Name"),
    "nickname": N_("Nickname"),
    "number": N_("Staff number"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
}
"""The fields of a profile and what they are called."""

_LIMITS: Final = {"name": NAME_LIMIT, "nickname": NAME_LIMIT}
_SET_BY_OTHERS: Final = ("name", "number")
"""What nobody but the owner changes of their own profile."""


def profile_of(detail: StaffDetail) -> dict[str, str]:
    """A profile as it stands in the fields of a form."""
    return {field: getattr(detail, field) for field in Profile._fields}


class StaffEditScreen(DetailScreen):
    """Changes a profile; what somebody else saved meanwhile is shown beside what was typed, and nothing is overwritten unseen.

    Args:
        staff_id: whose.
    """

    SECTION = "staff"
    AUTO_FOCUS = "Form Entry"
    ABOUT = N_("A person's profile. Enter goes on to the next field; ctrl+s saves from any of them.")

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._detail: StaffDetail | None = None

    def compose_content(self) -> ComposeResult:
        """The fields."""
        detail = self._seen()
        own = detail.id == self.actor.staff_id and not detail.is_owner
        fields = []
        for name, value in profile_of(detail).items():
            if own and name in _SET_BY_OTHERS:
                continue
            fields.append(Field(name, _(LABELS[name]), value=value, limit=_LIMITS.get(name, 0)))
        yield Form(*fields)

    def _seen(self) -> StaffDetail:
        if self._detail is None:
            self._detail = self.read(staff.detail, self._staff_id)
        return self._detail

    def is_allowed(self) -> bool:
        """One's own profile is one's own."""
        return self._staff_id == self.actor.staff_id or self.may("staff.manage")

    def heading(self) -> str:
        """Whose."""
        return _("Edit {name}").format(name=self._detail.name) if self._detail else ""

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def would_lose(self) -> str:
        """What was typed."""
        return _("Discard what was typed?") if self.form.is_changed else ""

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _save(self, event: Form.Submitted) -> None:
        if not event.form.is_changed:
            scheduled(self.dismiss(None))
            return
        detail = self._seen()
        typed = {name: str(value or "") for name, value in event.form.values().items()}
        with self.refusals_shown(event.form):
            try:
                await self.ask(operations.edit, self._staff_id, detail.version, Profile(**profile_of(detail) | typed))
            except Stale as stale:
                self._show_theirs(typed)
                self.toast(str(stale), bad=True)
                return
            self.toast(_("Saved."))
            scheduled(self.dismiss(None))

    def _show_theirs(self, typed: dict[str, str]) -> None:
        """Show what somebody else saved: in the fields that were not touched, and beside the ones that were."""
        before = profile_of(self._seen())
        self._detail = self.read(staff.detail, self._staff_id)
        for name, theirs in profile_of(self._detail).items():
            control = self.form.control_named(name)
            if control is None or theirs == before[name]:
                continue
            if typed[name] == before[name]:
                control.value = theirs
            elif typed[name] != theirs:
                control.hint = _("Meanwhile somebody else wrote: {value}").format(value=theirs)
        self.refresh_top()
