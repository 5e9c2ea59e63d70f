"""The steps of onboarding that are forms: who it is, and which account and post."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from textual import work
from textual.content import Content

from models.catalogue import OPERATIONS, POSTS, post_label
from models.i18n import N_, _
from models.operations.codes import MAX_DAYS, MIN_DAYS
from models.operations.onboarding import FIRST_DEVICE
from models.operations.staff import Profile
from models.queries.devices import size
from models.queries.security import policy
from models.rules.sharing import SETTINGS
from models.text import LOGIN_LIMIT, NAME_LIMIT
from screens.dialogs.choose import Choose, Option
from screens.dialogs.choose_person import ChoosePerson
from screens.onboard_access import Colleague
from screens.onboard_draft import OnboardDraft
from screens.sharing_words import SHARING, in_the_way, setting_hint, setting_label
from screens.staff_edit import LABELS
from screens.widgets import words
from screens.widgets.field import Choice, Control, Field
from screens.widgets.form import Form
from screens.widgets.key_field import KeyField
from screens.widgets.list_view import Source

NEXT: Final = N_("Next")

_POST_HINTS: Final = {
    "service": N_("A ceiling: whatever is given, nothing that is kept for operations."),
    "operations": N_("No ceiling: everything that is given."),
}


def person_form(draft: OnboardDraft, places: Sequence[Option]) -> Form:
    """Who it is.

    Args:
        places: where they may be put, with `NOWHERE` for directly below the shop.
    """
    login = _("Small letters, digits, dots and dashes, {least} to {most}; for good.").format(least=2, most=LOGIN_LIMIT)
    fields: list[Control] = [Field("login", _("Login"), value=draft.person["login"], hint=login)]
    for field in Profile._fields:
        limit = NAME_LIMIT if field in {"name", "nickname"} else 0
        fields.append(Field(field, _(LABELS[field]), value=draft.person[field], limit=limit))
    return Form(*fields, PlaceChoice("department", _("Department"), places, value=draft.department), submit=NEXT)


def account_form(draft: OnboardDraft, find: Callable[[str], Source], held: frozenset[str]) -> Form:
    """Which account and post, and whose chat records.

    Args:
        find: the people that were meant by what was typed.
        held: what the person at work may use: further than they read themselves they have nobody read.
    """
    days = _("How long the activation code is good: {least} to {most} days.").format(least=MIN_DAYS, most=MAX_DAYS)
    first = FIRST_DEVICE.format(login=draft.person["login"].strip())
    posts = [(post, post_label(post)) for post in POSTS]
    settings = [(each, setting_label(each)) for each in SETTINGS if each == draft.sharing or not in_the_way(each, OPERATIONS, held)]
    return Form(
        PersonChoice("colleague", _("Start from"), find, hint=_("Ticks the roles and extras that a colleague has."), id="colleague"),
        Choice("post", _("Post"), posts, value=draft.post, hint=post_hint(draft.post), id="post"),
        Choice(SHARING, _("Chat records"), settings, value=draft.sharing, hint=setting_hint(draft.sharing, draft.post)),
        Field("days", _("Code good for"), value=draft.days, hint=days),
        KeyField("key", _("Device key"), value=draft.key, hint=_("If they have one: the line in the file that ends in .pub.")),
        Field("device", _("Device name"), value=draft.device, placeholder=first, hint=_("What the device with that key is called.")),
        submit=NEXT,
    )


def arrival(draft: OnboardDraft) -> Content:
    """How they will come in: by which key over SSH; or that without one they will not, where the policy asks for one; else nothing."""
    if (key := draft.device_key) is not None:
        name = draft.device.strip() or FIRST_DEVICE.format(login=draft.person["login"].strip())
        said = _("Comes in over SSH with the device key “{name}”: {size} {fingerprint}")
        return words.plain(said.format(name=name, size=size(key.kind, key.bits), fingerprint=key.fingerprint))
    if not policy().policy.device_required:
        return words.plain("")
    said = _("Without a device key the policy lets nobody in, and there is none yet: the owner has to enrol one.")
    return words.plain(f"{words.MAY_NOT} {said}", "$text-warning")


def post_hint(post: str) -> str:
    """What a post means for access."""
    return _(_POST_HINTS[post])


def show_hints(form: Form, draft: OnboardDraft) -> None:
    """Say what the post and the setting mean that are chosen now."""
    for name, hint in (("post", post_hint(draft.post)), (SHARING, setting_hint(draft.sharing, draft.post))):
        if (control := form.control_named(name)) is not None and control.hint != hint:
            control.hint = hint


def show_colleague(form: Form, draft: OnboardDraft, found: Colleague) -> None:
    """Show what was taken over from a colleague, in all of the fields at once."""
    for name, value in (("post", found.post), (SHARING, draft.sharing)):
        if (control := form.control_named(name)) is not None:
            control.value = value
    if (field := form.control_named("colleague")) is not None:
        field.hint = found.words


class PlaceChoice(Choice):
    """A department: Enter opens the tree, to be searched.

    Args:
        places: the departments, indented; already translated.
    """

    def __init__(self, name: str, label: str, places: Sequence[Option], *, value: int) -> None:
        super().__init__(name, label, [(int(place.key), place.label.strip()) for place in places], value=value)
        self._places = places

    @work(exclusive=True)
    async def action_open(self) -> None:
        """Choose from the tree."""
        picked = await self.app.push_screen_wait(Choose(self.label, self._places, current=self.value))
        if picked is not None:
            self.value = picked
            self.post_message(self.Done())


class PersonChoice(Choice):
    """A colleague: found by typing. What is chosen is told by `Changed`; the field itself goes back to nobody.

    Args:
        find: the people that were meant by what was typed.
    """

    def __init__(self, name: str, label: str, find: Callable[[str], Source], *, hint: str, id: str | None = None) -> None:
        super().__init__(name, label, (), hint=hint, id=id)
        self._find = find

    def _value_line(self) -> Content:
        return words.plain(f" < {_('a colleague’s access')} > ", self._look())

    def action_turn(self, by: int) -> None:  # noqa: ARG002  Textual's call
        """There are too many to go through: find one."""
        self.action_open()

    @work(exclusive=True)
    async def action_open(self) -> None:
        """Find somebody."""
        picked = await self.app.push_screen_wait(ChoosePerson(_("Start from whose access?"), self._find))
        if picked is not None:
            self.post_message(self.Changed(self, picked))
