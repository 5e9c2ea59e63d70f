"""A rule said no; nothing was changed. Exit code 1."""

from __future__ import annotations

from typing import Final

from models.errors._base import ShopstaffError
from models.i18n import N_, _


class Refusal(ShopstaffError):
    """A rule said no."""


class Unauthorised(Refusal):
    """A refusal that is itself recorded: somebody tried what they may not do."""


class _PermissionInTheWay(Unauthorised):
    """An attempt that `permission`, a code of the catalogue, stands in the way of."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission=permission)
        self.permission: Final = permission

    def __str__(self) -> str:
        return _(self.words).format(permission=_label(self.permission))


class NotAllowed(_PermissionInTheWay):
    """The actor does not hold `permission` (a code of the catalogue)."""

    words = N_("You may not do this: it needs “{permission}”.")


class OutOfReach(_PermissionInTheWay):
    """The other's access, or what is to be given or taken, is wider than the actor's own: `permission` is in the way."""

    words = N_("This reaches further than your own access: “{permission}” is in the way.")


class UntilTooLate(OutOfReach):
    """The grant would outlive the actor's own hold on `permission`."""

    words = N_("You hold “{permission}” yourself only until an earlier date.")


class OwnerOnly(_PermissionInTheWay):
    """`permission` belongs to the owner alone."""

    words = N_("“{permission}” belongs to the owner alone.")


class OwnerProtected(Unauthorised):
    """The owner is never frozen, never leaves, and needs no grants."""

    words = N_("The owner holds everything: nothing is given to, taken from or closed for the owner.")


class OwnAccount(Unauthorised):
    """Nobody changes their own roles, extras, post or status."""

    words = N_("Nobody changes their own access. Ask somebody else to.")


class OwnRole(Unauthorised):
    """Nobody edits a role that they hold."""

    words = N_("You hold this role yourself, so somebody else has to change it.")


class OwnerAlone(Unauthorised):
    """Only the owner may do this."""

    words = N_("Only the owner may do this.")


class ConsoleAlone(Unauthorised):
    """Only the operator at the machine's own command line may do this."""

    words = N_("This is done at the machine's own command line only.")


_ENDS: Final = {
    "expired": N_("This session was open for as long as one may be. Sign in again."),
    "too many": N_("You signed in elsewhere. That was more sessions than one account may have, so this one ended."),
    "elsewhere": N_("You ended this session from another one. Sign in again."),
    "password": N_("Your password was changed in another session. Sign in with the new one."),
    "reset": N_("Your sign-in was reset. You need the reset code that you are handed."),
    "clock": N_("The machine's clock was set back, so nobody can tell how long this session was open. Sign in again."),
    "ended": N_("Somebody who looks after people here ended this session. You can sign in again."),
    "frozen": N_("Your account was frozen. Ask whoever looks after people here."),
    "left": N_("Your account was closed: you are no longer with the shop."),
    "device": N_("A device key of yours was revoked, which ended this session."),
    "policy": N_("From now on this shop is entered over SSH with a device key only, so this session ended."),
    "key": N_("Your device key has come to its end date. Ask for a new one to be enrolled."),
    "handed over": N_("The shop was handed over, which ended this session. Sign in again."),
    "restored": N_("The shop was restored from a backup, which ended this session. Sign in again."),
}
"""What is said of why a session ended, by what is kept of it."""


class SessionEnded(Refusal):
    """The session was ended, by the person or by somebody who may.

    Args:
        why: as it is kept with the session; "" where nothing is known.
    """

    words = N_("This session has ended. Sign in again.")

    def __init__(self, why: str = "") -> None:
        super().__init__()
        self.why: Final = why

    def __str__(self) -> str:
        return _(_ENDS[self.why]) if self.why in _ENDS else super().__str__()


class SignInRefused(Refusal):
    """Sign-in failed. The words are the same whatever the reason was."""

    words = N_("Login and password do not match, or this account may not sign in.")


class CodeRefused(Refusal):
    """A one-time code was wrong, used, void or too old. The words are the same whatever the reason was."""

    words = N_("Login and code do not match, or the code is no longer good. Ask for a new one.")


class Stale(Refusal):
    """Somebody else saved the same thing first; nothing was overwritten."""

    words = N_("{what} was changed by somebody else meanwhile. Nothing was overwritten: look at it again.")

    def __init__(self, what: str) -> None:
        super().__init__(what=what)


class SeatNone(Refusal):
    """Every counted seat is taken."""

    words = N_("No seat is free: {used} of {seats} are taken. The owner can add seats, or somebody who left frees one.")

    def __init__(self, used: int, seats: int) -> None:
        super().__init__(used=used, seats=seats)


class SeatsOver(Refusal):
    """The seats are over, or were ended: they are neither claimed nor ended, and what was ended is not bought again."""

    words = N_("These seats are over already, or were ended: nothing more can be done with them.")


class DepartmentOccupied(Refusal):
    """The department still has people or sub-departments.

    Args:
        people: names of the people in the way, in full.
        departments: names of the sub-departments in the way.
    """

    words = N_("Still inside: {inside}. Move them first.")

    def __init__(self, people: tuple[str, ...], departments: tuple[str, ...]) -> None:
        inside = (*departments, *people)
        shown = ", ".join(inside[:5]) + (" …" if len(inside) > 5 else "")
        super().__init__(inside=shown)
        self.people: Final = people
        self.departments: Final = departments


class DepartmentInside(Refusal):
    """A department cannot be moved into itself or below itself."""

    words = N_("A department cannot move into itself or into one below it.")


class RoleHeld(Refusal):
    """A role that people hold is not closed."""

    words = N_("{people} still hold this role. Take it from them first.")

    def __init__(self, people: str) -> None:
        super().__init__(people=people)


class WrongStatus(Refusal):
    """What was asked for does not go with the person's status."""

    words = N_("{name} is {status}: this cannot be done now.")

    def __init__(self, name: str, status: str) -> None:
        super().__init__(name=name, status=status)

    def __str__(self) -> str:
        from models.catalogue import status_label  # here, because most errors need no labels

        return _(self.words).format(name=self.facts["name"], status=status_label(str(self.facts["status"])))


class AlreadyFounded(Refusal):
    """The shop stands already."""

    words = N_("There is a shop here already.")


class RowsRefused(Refusal):
    """Rows of a file cannot be used, and nobody said to go on without them; or no row can."""

    words = N_("{bad} of {total} rows cannot be used. Nothing was imported.")

    def __init__(self, bad: int, total: int) -> None:
        super().__init__(bad=bad, total=total)


class Cancelled(Refusal):
    """The person who asked for it stopped it."""

    words = N_("Cancelled. Nothing was changed.")


class NothingChanged(Refusal):
    """What was asked for is already so."""

    words = N_("That is already so; nothing was changed.")


def _label(permission: str) -> str:
    """The permission's label in the language in force, or the code itself if the catalogue does not know it."""
    from models.catalogue import permission_label  # here, because most errors need no labels

    return permission_label(permission)
