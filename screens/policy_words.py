"""The security policy in words: what each line asks, and what a change of it brings about."""

from __future__ import annotations

from typing import Final, NamedTuple

from models.i18n import N_, _, ngettext, pick
from models.queries.posture import Reach
from models.rules.policy import BOUNDS, EVERYONE, HIGH_RISK, NOBODY, TOTP_CHOICES, Policy
from screens.widgets import words

LABELS: Final = {
    "totp": N_("Phone codes (TOTP)"),
    "device_required": N_("Device keys only"),
    "devices_each": N_("Device keys each"),
    "idle_minutes": N_("Idle lock"),
    "session_hours": N_("Session ends after"),
    "sessions_each": N_("Sessions at once"),
    "proof_minutes": N_("Proof holds for"),
    "password_length": N_("Password length"),
    "activation_days": N_("Activation code"),
}
"""What each is called; marked."""

HINTS: Final = {
    "devices_each": N_("Keys one account may have; those enrolled stay: {least} to {most}."),
    "idle_minutes": N_("Minutes without a key until the session locks: {least} to {most}."),
    "session_hours": N_("Hours after which one has to sign in again: {least} to {most}."),
    "sessions_each": N_("Sessions one account may have at once; one more ends the longest idle: {least} to {most}."),
    "proof_minutes": N_("Minutes until a change asks for proof again: {least} to {most}."),
    "password_length": N_("Characters that a new password has at least: {least} to {most}."),
    "activation_days": N_("Days that an activation code is good for: {least} to {most}."),
}
"""What the numbers mean, with their bounds; marked."""

TOTP_LABELS: Final = {
    EVERYONE: N_("for everyone"),
    HIGH_RISK: N_("for high-risk access"),
    NOBODY: N_("for nobody"),
}

NAMED: Final = 20
"""So many of the people who would be shut out are named; the others are counted."""

_MORE_IS_WEAKER: Final = ("devices_each", "idle_minutes", "session_hours", "sessions_each", "proof_minutes", "activation_days")


class Consequences(NamedTuple):
    """What a change of the policy brings about.

    Attributes:
        weaker: whether less is asked than before.
        stricter: whether somebody is asked for more, or shut out.
        said: what changes and what follows, a line each.
    """

    weaker: bool
    stricter: bool
    said: tuple[str, ...]


def totp_options() -> list[tuple[str, str]]:
    """Who may be asked for TOTP, the strictest first."""
    return [(key, _(TOTP_LABELS[key])) for key in TOTP_CHOICES]


def hint(field: str) -> str:
    """What a number means, and between what it has to be."""
    least, most = BOUNDS[field]
    return _(HINTS[field]).format(least=least, most=most)


def totp_hint(choice: str, reach: Reach) -> str:
    """What asking this of people means, and whom it meets."""
    if choice == NOBODY:
        return _("Those who have them keep them; nobody else is asked. A password alone can be guessed, seen or told.")
    if choice == EVERYONE:
        said = ngettext(
            "{n} person has none: they set them up at their next sign-in.",
            "{n} people have none: they set them up at their next sign-in.",
            reach.bare,
        )
        return said.format(n=reach.bare) if reach.bare else _("Everybody has them.")
    said = ngettext(
        "{n} person with high-risk access has none: they set them up at their next sign-in.",
        "{n} people with high-risk access have none: they set them up at their next sign-in.",
        reach.high_risk,
    )
    return said.format(n=reach.high_risk) if reach.high_risk else _("Everybody with high-risk access has them.")


def device_hint(reach: Reach, *, required: bool) -> str:
    """What requiring a device key means, and whom it would shut out."""
    said = _("People sign in over SSH with a device key only, never at the shop's own terminal. You are exempt.")
    if not required:
        return said
    return pick(" ", "").join([said, _shut_out(reach) if reach.deviceless else _("Everybody has one.")])


def _shut_out(reach: Reach) -> str:
    n = len(reach.deviceless)
    return ngettext(
        "{n} person has none, and could not sign in any more.",
        "{n} people have none, and could not sign in any more.",
        n,
    ).format(n=n)


def consequences(old: Policy, new: Policy, reach: Reach, ending: int) -> Consequences:
    """What a change brings about.

    Args:
        reach: whom it meets.
        ending: how many sessions end with it.
    """
    changed = [field for field in Policy._fields if getattr(old, field) != getattr(new, field)]
    weaker = [field for field in changed if _is_weaker(field, old, new)]
    said = [_changed(field, old, new, weaker=field in weaker) for field in changed]
    met = []
    if "totp" in changed and "totp" not in weaker:
        met.append(totp_hint(new.totp, reach))
    if new.device_required and not old.device_required and reach.deviceless:
        met += [_shut_out(reach), *words.capped(reach.deviceless, NAMED)]
    if ending:
        met.append(ngettext("{n} session ends at once.", "{n} sessions end at once.", ending).format(n=ending))
    return Consequences(bool(weaker), bool(met), (*said, *met))


def _is_weaker(field: str, old: Policy, new: Policy) -> bool:
    if field == "totp":
        return TOTP_CHOICES.index(new.totp) > TOTP_CHOICES.index(old.totp)
    is_more = int(getattr(new, field)) > int(getattr(old, field))
    return is_more if field in _MORE_IS_WEAKER else not is_more


def _changed(field: str, old: Policy, new: Policy, *, weaker: bool) -> str:
    facts = {"what": _(LABELS[field]), "old": value_words(field, old), "new": value_words(field, new)}
    return (_("{what}: {old} → {new}, which protects less") if weaker else _("{what}: {old} → {new}")).format(**facts)


def value_words(field: str, policy: Policy) -> str:
    """What stands in a field, in words."""
    value = getattr(policy, field)
    if field == "totp":
        return _(TOTP_LABELS[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
