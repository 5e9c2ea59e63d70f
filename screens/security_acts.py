"""What is done about somebody's security protection, from the list of all as from the person's profile. Each runs in a worker."""

from __future__ import annotations

from typing import Any, Final

from models.catalogue import FROZEN, INVITED
from models.i18n import N_, _
from models.operations import codes, security as operations
from models.operations.codes import FreshCode
from models.queries.protection import Protected
from models.rules.hand_over import Reset
from screens.base import PlainScreen, scheduled
from screens.dialogs.choose import Choose, Option
from screens.dialogs.confirm import Confirm
from screens.sections import load

_PASSWORD: Final = "password"  # noqa: S105  the name of an option
_TOTP: Final = "totp"
_BOTH: Final = "both"

_RESETS: Final = {
    _PASSWORD: Reset(password=True),
    _TOTP: Reset(totp=True),
    _BOTH: Reset(password=True, totp=True),
}
_QUESTIONS: Final = {
    _PASSWORD: N_("Reset the password of {name}? They are signed out at once."),
    _TOTP: N_("Reset the phone codes of {name}? They are signed out at once."),
    _BOTH: N_("Reset password and phone codes of {name}? They are signed out at once."),
}


async def reset(screen: PlainScreen, person: Protected) -> None:
    """Ask what was lost, say what follows, reset it if the user is sure, and show the code: the only time that it can be seen.

    Where TOTP is off there is only the password to reset, and nothing to choose.
    """
    picked: int | str | None = _PASSWORD
    if person.has_totp:
        title = _("What did {name} lose, or who else may have it?").format(name=person.name)
        picked = await screen.app.push_screen_wait(Choose(title, _options()))
    if picked is None:
        return
    what = _RESETS[str(picked)]
    question = _(_QUESTIONS[str(picked)]).format(name=person.name)
    if await screen.app.push_screen_wait(Confirm(question, yes_label=_("Reset"), detail=consequences(what, person))):
        with screen.refusals_shown():
            fresh = await screen.ask(operations.reset, person.id, password=what.password, totp=what.totp)
            if fresh is not None:
                hand_over(screen, fresh, person.name, what)


def _options() -> list[Option]:
    return [
        Option(_PASSWORD, _("The password"), _("they choose a new one")),
        Option(_TOTP, _("The phone, or its codes"), _("phone codes are void")),
        Option(_BOTH, _("Both"), _("nothing stays")),
    ]


def consequences(what: Reset, person: Protected) -> list[str]:
    """What a reset means, a line each."""
    said = []
    if what.password:
        said.append(_("The password stops working. With the reset code they choose a new one, which nobody else knows."))
        if person.has_totp and not what.totp:
            said.append(_("Phone codes stay on: they need their phone as before."))
    if what.totp:
        said.append(_("The phone codes and the recovery codes stop working."))
        if not what.password:
            said.append(_("At the next sign-in they type the reset code after the password."))
    if person.status == FROZEN:
        said.append(_("They stay frozen: unfreeze them before they use the reset code."))
    said.append(_("The reset code: good for a day, works once, shown only now. Make sure you give it to the right person."))
    return said


async def new_code(screen: PlainScreen, staff_id: int, name: str, what: Reset | None) -> None:
    """Make a new code for somebody who waits for one, if the user is sure, and show it.

    Args:
        what: what was reset, as `was_reset` says it; None for somebody who is invited.
    """
    question = _("Make a new activation code for {name}? The one before it stops working.")
    if what is not None:
        question = _("Make a new reset code for {name}? The one before it stops working.")
    if await screen.app.push_screen_wait(Confirm(question.format(name=name), yes_label=_("New code"))):
        with screen.refusals_shown():
            hand_over(screen, await screen.ask(codes.renew, staff_id), name, what)


def was_reset(person: Protected) -> Reset | None:
    """What was reset of somebody who has not come back in yet; None for everybody else."""
    if not person.awaits_code or person.status == INVITED:
        return None
    return Reset(password=person.password_changed_at is None, totp=person.is_barred)


def hand_over(screen: PlainScreen, fresh: FreshCode, name: str, what: Reset | None = None) -> None:
    """The card: the only time that the code can be seen."""
    card: Any = load("screens.hand_over:HandOverScreen")
    scheduled(screen.app.push_screen(card(fresh.login, name, fresh.code, fresh.expires_at, what)))
