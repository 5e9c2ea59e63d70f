"""What is done about somebody's security protection, from the list of all as from the person's profile. Each runs in a worker."""

from __future__ import annotations

from typing import Any, Final

from models.actor import Actor
from models.catalogue import FROZEN, INVITED
from models.i18n import N_, _, ngettext
from models.operations import codes, security as operations
from models.operations.codes import FreshCode
from models.queries.protection import Protected
from models.queries.security import policy
from models.rules.hand_over import Reset
from screens.base import PlainScreen, scheduled
from screens.dialogs.choose import Choose, Option
from screens.dialogs.confirm import Confirm
from screens.sections import load

_PASSWORD: Final = "password"  # noqa: S105  the name of an option
_TOTP: Final = "totp"
_DEVICES: Final = "devices"
_PROOFS: Final = "proofs"
_ALL: Final = "all"

_QUESTIONS: Final = {
    _PASSWORD: N_("Reset the password of {name}? They are signed out at once."),
    _TOTP: N_("Reset the phone codes of {name}? They are signed out at once."),
    _DEVICES: N_("Void every device key of {name}? They are signed out at once."),
    _PROOFS: N_("Reset password and phone codes of {name}? They are signed out at once."),
    _ALL: N_("Reset everything that {name} comes in with? They are signed out at once."),
}


async def reset(screen: PlainScreen, person: Protected) -> None:
    """Ask what was lost, say what follows, reset it if the user is sure, and show the code: the only time that it can be seen.

    Where there is only the password to reset, there is nothing to choose. Device keys alone bring no code.
    """
    options = _options(person)
    picked: int | str | None = _PASSWORD
    if len(options) > 1:
        title = _("What did {name} lose, or who else may have it?").format(name=person.name)
        picked = await screen.app.push_screen_wait(Choose(title, options))
    if picked is None:
        return
    what = _chosen(str(picked), person)
    question = _(_QUESTIONS[str(picked)]).format(name=person.name)
    if await screen.app.push_screen_wait(Confirm(question, yes_label=_("Reset"), detail=consequences(what, person))):
        with screen.refusals_shown():
            fresh = await screen.ask(_reset, person.id, what)
            if fresh is not None:
                hand_over(screen, fresh, person.name, what)
            else:
                screen.toast(_("The device keys of {name} are void.").format(name=person.name))


def _reset(actor: Actor, staff_id: int, what: Reset) -> FreshCode | None:
    return operations.reset(actor, staff_id, password=what.password, totp=what.totp, devices=what.devices)


def _options(person: Protected) -> list[Option]:
    """What there is to reset: the password, and what the person has beside it."""
    options = [Option(_PASSWORD, _("The password"), _("they choose a new one"))]
    if person.has_totp:
        options.append(Option(_TOTP, _("The phone, or its codes"), _("phone codes are void")))
    if person.devices:
        options.append(Option(_DEVICES, _("A device"), _("device keys are void")))
    if person.has_totp and person.devices:
        options.append(Option(_PROOFS, _("Password and phone"), _("device keys stay")))
    if len(options) > 1:
        options.append(Option(_ALL, _("Everything") if len(options) > 2 else _("Both"), _("nothing stays")))
    return options


def _chosen(picked: str, person: Protected) -> Reset:
    everything = picked == _ALL
    return Reset(
        password=everything or picked in (_PASSWORD, _PROOFS),
        totp=picked in (_TOTP, _PROOFS) or (everything and person.has_totp),
        devices=picked == _DEVICES or (everything and bool(person.devices)),
    )


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
    if what.devices:
        said.append(_devices_end(person.devices))
        if policy().policy.device_required:
            said.append(_("The shop asks for one: until the owner enrols another for them, they cannot sign in again."))
    elif person.devices:
        said.append(_("Device keys stay. If a device is lost, too, reset everything, or revoke its key."))
    if not (what.password or what.totp):
        return said
    if person.status == FROZEN:
        said.append(_("They stay frozen: unfreeze them before they use the reset code."))
    said.append(_("The reset code: good for a day, works once, shown only now. Make sure you give it to the right person."))
    return said


def _devices_end(number: int) -> str:
    said = ngettext(
        "{n} device key opens nothing any more, and never again. For SSH they enrol a new one.",
        "{n} device keys open nothing any more, and never again. For SSH they enrol new ones.",
        number,
    )
    return said.format(n=number)


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
