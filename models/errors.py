"""Everything that Shopstaff says no with.

    ShopstaffError                  knows its words and the exit code of the command line
    ├── Refusal                     1  a rule said no; nothing was changed
    │   ├── Unauthorised               recorded in the log, because somebody tried
    │   │   ├── NotAllowed                the permission is not held
    │   │   ├── OutOfReach                the other's access, or the grant, is wider than one's own
    │   │   ├── UntilTooLate              the grant would outlive one's own
    │   │   ├── OwnerProtected            the owner is never frozen, granted to or taken from
    │   │   ├── OwnAccount                nobody changes their own access
    │   │   ├── OwnRole                   nobody edits a role they hold
    │   │   └── OwnerOnly                 the permission is in no role and no extra
    │   ├── SessionEnded               the session was ended; sign in again
    │   ├── SignInRefused              one sentence for every reason, so that it tells a stranger nothing
    │   ├── CodeRefused                likewise for one-time codes
    │   ├── Stale                      somebody else saved meanwhile
    │   ├── SeatNone                   every counted seat is taken
    │   ├── DepartmentOccupied         people or departments are still inside
    │   ├── DepartmentInside           a department cannot move into itself
    │   ├── RoleHeld                   a role that people hold is not closed
    │   ├── WrongStatus                that cannot be done to a person in this state
    │   ├── AlreadyFounded             the shop stands already
    │   ├── RowsRefused                rows of a file cannot be used, and nobody said to go on without them
    │   ├── Cancelled                  the person who asked for it stopped it
    │   └── NothingChanged             what was asked for is already so
    ├── Wrong                       2  what was typed cannot be used; `field` says where
    │   ├── Invalid                    too long, wrong form, hostile text
    │   ├── Taken                      somebody has it already
    │   ├── PasswordWeak               would be guessed
    │   └── Unknown                    there is no such person, role, department or permission
    └── DataUnusable                3  the shop's data cannot be used now
        ├── ShopMissing                there is no shop here yet
        ├── ShopLocked                 another process has been holding it for too long
        ├── DiskFull  ShopReadOnly  ShopDamaged  ShopNewer

An error is raised with the facts, and says its words only when they are asked for: in the reader's language.
"""

from __future__ import annotations

from typing import ClassVar, Final

from models.i18n import N_, _


class ShopstaffError(Exception):
    """What a person is told in one line.

    Args:
        facts: what fills the placeholders of `words`.
    """

    words: ClassVar[str] = N_("Something went wrong; nothing was changed.")
    exit_code: ClassVar[int] = 1

    def __init__(self, **facts: object) -> None:
        super().__init__(self.words, facts)
        self.facts: Final = facts

    def __str__(self) -> str:
        """The line, in the language in force."""
        return _(self.words).format(**self.facts)


class Refusal(ShopstaffError):
    """A rule said no."""


class Unauthorised(Refusal):
    """A refusal that is itself recorded: somebody tried what they may not do."""


class NotAllowed(Unauthorised):
    """The actor does not hold `permission` (a code of the catalogue)."""

    words = N_("You may not do this: it needs “{permission}”.")

    def __init__(self, permission: str) -> None:
        super().__init__(permission=permission)
        self.permission: Final = permission

    def __str__(self) -> str:
        return _(self.words).format(permission=_label(self.permission))


class OutOfReach(Unauthorised):
    """The other's access, or what is to be given or taken, is wider than the actor's own: `permission` is in the way."""

    words = N_("This reaches further than your own access: “{permission}” is in the way.")

    def __init__(self, permission: str) -> None:
        super().__init__(permission=permission)
        self.permission: Final = permission

    def __str__(self) -> str:
        return _(self.words).format(permission=_label(self.permission))


class UntilTooLate(OutOfReach):
    """The grant would outlive the actor's own hold on `permission`."""

    words = N_("You hold “{permission}” yourself only until an earlier date.")


class OwnerOnly(Unauthorised):
    """`permission` belongs to the owner alone."""

    words = N_("“{permission}” belongs to the owner alone.")

    def __init__(self, permission: str) -> None:
        super().__init__(permission=permission)
        self.permission: Final = permission

    def __str__(self) -> str:
        return _(self.words).format(permission=_label(self.permission))


class OwnerProtected(Unauthorised):
    """The owner is never frozen, never leaves, and needs no grants."""

    words = N_("The owner holds everything: nothing is given to, taken from or closed for the owner.")


class OwnAccount(Unauthorised):
    """Nobody changes their own roles, extras, post or status."""

    words = N_("Nobody changes their own access. Ask somebody else to.")


class OwnRole(Unauthorised):
    """Nobody edits a role that they hold."""

    words = N_("You hold this role yourself, so somebody else has to change it.")


class SessionEnded(Refusal):
    """The session was ended, by the person or by somebody who may."""

    words = N_("This session has ended. Sign in again.")


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
        kind: "staff", "role", "department" or "permission".
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
        }
        return _(words[self.kind]).format(**self.facts)


class DataUnusable(ShopstaffError):
    """The shop's data cannot be used now; nothing was changed."""

    exit_code = 3


class ShopMissing(DataUnusable):
    """There is no shop in this data folder."""

    words = N_("There is no shop in {home} yet. “shopstaff” or “shopstaff init” sets one up.")

    def __init__(self, home: str) -> None:
        super().__init__(home=home)


class ShopLocked(DataUnusable):
    """Another process has held the data for longer than one waits."""

    words = N_("Another program is using the shop's data. Nothing was changed; try again in a moment.")


class DiskFull(DataUnusable):
    """There is no room left."""

    words = N_("The disk is full. Nothing was changed.")


class ShopReadOnly(DataUnusable):
    """The data cannot be written."""

    words = N_("The shop's data cannot be written. Nothing was changed.")


class ShopDamaged(DataUnusable):
    """The file is not a database, or not a whole one."""

    words = N_("The shop's data is damaged or not Shopstaff's. Nothing was changed.")


class ShopNewer(DataUnusable):
    """The data was written by a newer Shopstaff."""

    words = N_("The shop's data was written by a newer Shopstaff. Upgrade this one.")


def _label(permission: str) -> str:
    """The permission's label in the language in force, or the code itself if the catalogue does not know it."""
    from models.catalogue import permission_label  # here, because most errors need no labels

    return permission_label(permission)
