"""How somebody's account is protected, in facts; and why an attempt to come in failed, in words."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from models import clock
from models.catalogue import INVITED
from models.i18n import _, ngettext
from models.queries.failures import REASONS, Failure
from models.queries.protection import Protected
from models.rules.limits import said_hours
from screens.home_rows import ago
from screens.widgets import words
from screens.widgets.fact_list import Fact


def reason(failure: Failure) -> str:
    """Why it failed."""
    return reason_words(failure.because, proving=failure.action == "session.prove.refuse")


def device(failure: Failure) -> str:
    """With which device key: its name, and whose it is where that is somebody else; "" without one."""
    if not failure.device or failure.device_of in ("", failure.login):
        return failure.device
    return _("{device}, {login}'s").format(device=failure.device, login=failure.device_of)


def reason_words(because: str, *, proving: bool) -> str:
    """Why an attempt failed; what a newer version writes is shown as it is written.

    Args:
        because: as the log has it.
        proving: whether somebody who was signed in was asked once more.
    """
    said = _(REASONS[because]) if because in REASONS else because
    return _("proving once more: {reason}").format(reason=said) if proving else said


DEVICES: Final = "devices"
"""The key of the fact that tells how many device keys there are, and the key that opens them."""
DEVICES_KEY: Final = "d"


def protection(person: Protected, zone: str) -> list[Fact]:
    """Phone codes, recovery codes, password, device keys, and from where and when the person may sign in."""
    facts = [_totp(person, zone)]
    if person.has_totp:
        left = ngettext("{n} left", "{n} left", person.recovery_left).format(n=person.recovery_left)
        facts.append(Fact("recovery", _("Recovery codes"), (left,), mark=_warning() if person.few_codes else ""))
    facts.append(_password(person, zone))
    keys = ngettext("{n} key", "{n} keys", person.devices).format(n=person.devices) if person.devices else _("none")
    facts.append(Fact(DEVICES, _("Device keys"), (keys,), opens=True, hotkey=DEVICES_KEY))
    if not person.is_owner:
        facts.append(Fact("addresses", _("Signs in from"), (person.addresses or _("anywhere"),)))
        facts.append(Fact("hours", _("Signs in"), (said_hours(person.hours),)))
    return facts


def _totp(person: Protected, zone: str) -> Fact:
    if person.totp_since is not None:
        since = _("on since {moment} ({distance})").format(moment=clock.minute(person.totp_since, zone), distance=ago(person.totp_since))
        return Fact("totp", _("Phone codes"), (since,), mark=words.plain(words.MAY, "$text-success"))
    said = _("void: waits for the reset code") if person.is_barred else _("off")
    return Fact("totp", _("Phone codes"), (said,), mark=_warning())


def _password(person: Protected, zone: str) -> Fact:
    changed = person.password_changed_at
    if changed is None:
        waits = person.awaits_code and person.status != INVITED
        return Fact("password", _("Password"), (_("void: waits for the reset code") if waits else _("not set yet"),))
    return Fact(
        "password", _("Password"), (_("set {moment} ({distance})").format(moment=clock.minute(changed, zone), distance=ago(changed)),)
    )


def _warning() -> Content:
    return words.plain(words.MAY_NOT, "$text-warning")
