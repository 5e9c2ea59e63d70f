"""What was typed cannot be used. Exit code 2."""

from __future__ import annotations

from typing import Final

from models.errors._base import ShopstaffError
from models.i18n import N_, _


class Wrong(ShopstaffError):
    """What was typed cannot be used.

    Attributes:
        field: the name of the field it was typed into, for a screen to show the line beside it; "" for the whole form.
    """

    exit_code = 2

    def __init__(self, field: str = "", **facts: object) -> None:
        super().__init__(**facts)
        self.field: Final = field


class Invalid(Wrong):
    """Too long, of a wrong form, or hostile.

    Args:
        field: where it was typed.
        reason: a marked (`N_`) sentence; `facts` fill its placeholders.
    """

    def __init__(self, field: str, reason: str, **facts: object) -> None:
        super().__init__(field, **facts)
        self.reason: Final = reason

    def __str__(self) -> str:
        return _(self.reason).format(**self.facts)


class Taken(Wrong):
    """Somebody, or something, has that name already."""

    words = N_("“{value}” is taken.")

    def __init__(self, field: str, value: str) -> None:
        super().__init__(field, value=value)


class PasswordWeak(Invalid):
    """A password that would be guessed, or is too long or too short; the reason says what would help."""


class Unknown(Wrong):
    """There is no such thing.

    Args:
        kind: "staff", "role", "department", "permission", "session", "device", "separation",
            "conversation" or "seats".
    """

    words = N_("There is no {kind} “{value}”.")

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(kind, value=value)
        self.kind: Final = kind

    def __str__(self) -> str:
        words = {
            "staff": N_("There is nobody with the login “{value}”."),
            "role": N_("There is no role “{value}”."),
            "department": N_("There is no department “{value}”."),
            "permission": N_("There is no permission “{value}”."),
            "device": N_("There is no device key “{value}” here; it may have been revoked already."),
            "session": N_("That session has ended already."),
            "separation": N_("These two are not kept apart, or no longer."),
            "conversation": N_("There is no such conversation."),
            "seats": N_("There are no such seats in the ledger."),
            "action": N_("There is no kind of act “{value}” in the log."),
            "entry": N_("There is no entry {value} in the log, or it is not yours to see."),
        }
        return _(words[self.kind]).format(**self.facts)
