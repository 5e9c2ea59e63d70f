"""What somebody is told about the protection of their own account: what protects it, where it is open, who came in or tried to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from models import clock
from models.i18n import N_, _, ngettext
from models.operations.recovery import NUMBER
from models.queries.devices import DeviceRow
from models.queries.security import Own
from models.queries.sign_ins import Failed, OpenSession, SignIn, SignInLimits
from models.rules import limits as rules
from screens import device_rows
from screens.home_rows import BETWEEN, ago, origin_words
from screens.security_facts import reason_words
from screens.widgets import words
from screens.widgets.fact_list import Fact, heading

PASSWORD: Final = "password"  # noqa: S105  the key of a fact
TOTP: Final = "totp"
RECOVERY: Final = "recovery"
DEVICES: Final = "devices"
LIMITS: Final = "limits"
FAILED: Final = "failed"
HISTORY: Final = "history"
OPEN: Final = "open"
SESSION: Final = "session:"
SIGN_IN: Final = "sign-in:"
"""The keys of the facts, or what they begin with."""

HOTKEYS: Final = {PASSWORD: "p", TOTP: "t", RECOVERY: "r", DEVICES: "d", HISTORY: "h"}
"""The keys that do from anywhere what Enter does on the fact."""

END: Final = "x"
"""The key that ends a session, on its line."""

SHOWN: Final = 5
"""So many of the last sign-ins are shown without asking for all of them."""

_PROVED: Final = {
    "password": N_("signed in: password"),
    "totp": N_("signed in: phone code"),
    "recovery": N_("signed in: recovery code"),
    "code": N_("signed in: reset code"),
}
_ENDS: Final = {
    "signed out": N_("signed out"),
    "expired": N_("ended when its time was up"),
    "too many": N_("ended by a later sign-in"),
    "elsewhere": N_("ended from another session"),
    "ended": N_("ended by somebody else"),
    "password": N_("ended when the password was changed"),
    "reset": N_("ended by a reset"),
    "frozen": N_("ended when the account was frozen"),
    "left": N_("ended when the account was closed"),
    "device": N_("ended when a device key was revoked"),
    "policy": N_("ended when the policy asked for device keys"),
    "key": N_("ended with its device key"),
    "clock": N_("ended when the clock was set back"),
    "handed over": N_("ended when the shop was handed over"),
    "restored": N_("ended when the shop was restored"),
}

GOOD: Final = words.plain(words.MAY, "$text-success")
LACKING: Final = words.plain(words.MAY_NOT, "$text-warning")
BAD: Final = words.plain(words.MAY_NOT, "$text-error")
OVER: Final = words.plain(words.MAY_NOT, "$text-muted")


def summary(
    own: Own, devices: Sequence[DeviceRow], limited: SignInLimits, sessions: Sequence[OpenSession], failed: Failed, zone: str
) -> list[Fact]:
    """The same in short, for who reads about themselves as a whole."""
    others = sum(not session.is_this for session in sessions)
    said = (
        ngettext("here, and in {n} other session", "here, and in {n} other sessions", others).format(n=others) if others else _("only here")
    )
    facts = [heading(_("Your security"), "security", part=True), *protection(own, devices, limited, zone)]
    facts.append(Fact(OPEN, _("Signed in now"), (said,), mark=words.plain(words.ACTIVE, "$text-success"), opens=True))
    return [*facts, failed_fact(failed, zone)] if failed.number else facts


def protection(own: Own, devices: Sequence[DeviceRow], limited: SignInLimits, zone: str, *, keys: bool = False) -> list[Fact]:
    """Password, phone codes, recovery codes, device keys, and the owner's limits where there are any.

    Args:
        keys: whether the keys of `HOTKEYS` work where this is shown.
    """
    facts = [_password(own, zone), _totp(own, zone), _recovery(own), _devices(devices, zone)]
    if said := limit_words(limited):
        facts.append(Fact(LIMITS, _("Signing in"), [*said, _("The owner set this. At the shop's own terminal it does not count.")]))
    return [fact._replace(hotkey=HOTKEYS.get(fact.key, "") if keys and fact.opens else "") for fact in facts]


def _password(own: Own, zone: str) -> Fact:
    said = _("none") if own.password_changed_at is None else _moment(N_("set {moment} ({distance})"), own.password_changed_at, zone)
    return Fact(PASSWORD, _("Password"), (said,), mark=GOOD, opens=True)


def _totp(own: Own, zone: str) -> Fact:
    if own.totp_since is not None:
        said = [_moment(N_("on since {moment} ({distance})"), own.totp_since, zone)]
        said += [_("The shop asks you for them.")] if own.totp_required else []
        return Fact(TOTP, _("Phone codes"), said, mark=GOOD, opens=True)
    said = [_("off: whoever knows your password can sign in as you")]
    said += [_("The shop asks you for them.")] if own.totp_required else []
    return Fact(TOTP, _("Phone codes"), said, mark=LACKING, opens=True)


def _recovery(own: Own) -> Fact:
    label = _("Recovery codes")
    if own.totp_since is None:
        return Fact(RECOVERY, label, (_("made when you turn on phone codes; they stand in for a lost phone"),), dim=True)
    if not own.recovery_left:
        return Fact(RECOVERY, label, (_("none: without your phone you could not sign in"),), mark=LACKING, opens=True)
    said = ngettext("{left} of {number} left", "{left} of {number} left", own.recovery_left).format(left=own.recovery_left, number=NUMBER)
    if own.few_codes:
        said = _("{left}: make new ones before you need them").format(left=said)
    return Fact(RECOVERY, label, (said,), mark=LACKING if own.few_codes else GOOD, opens=True)


def _devices(devices: Sequence[DeviceRow], zone: str) -> Fact:
    said = device_rows.summary(devices, zone)
    return Fact(
        DEVICES, _("Device keys"), (said or _("none: you come in at the shop's own terminal only"),), mark=GOOD if said else "", opens=True
    )


def limit_words(limited: SignInLimits) -> list[str]:
    """From where and when somebody may sign in, a line each; nothing where they may from anywhere at any time."""
    said = []
    if limited.addresses:
        said.append(_("only from {addresses}").format(addresses=limited.addresses))
    if limited.hours:
        said.append(_("only at these hours: {hours}").format(hours=rules.said_hours(limited.hours)))
    return said


def open_now(sessions: Sequence[OpenSession], zone: str) -> list[Fact]:
    """Where one is signed in now, this session first."""
    count = ngettext("{n} session", "{n} sessions", len(sessions)).format(n=len(sessions))
    facts = [heading(_("{title}: {count}").format(title=_("Where you are signed in, and since when"), count=count), "open", part=True)]
    for session in sessions:
        mark = words.plain(words.FROZEN if session.is_locked else words.ACTIVE, "$text-warning" if session.is_locked else "$text-success")
        facts.append(
            Fact(
                f"{SESSION}{session.id}",
                clock.minute(min(session.started_at, clock.now()), zone),
                (session_words(session),),
                mark=mark,
                opens=not session.is_this,
                hotkey="" if session.is_this else END,
            )
        )
    return facts


def session_words(session: OpenSession) -> str:
    """Where a session came from and how long it has been idle: "from 203.0.113.9 · pts/3 · last key 5 minutes ago · locked"."""
    parts = [_("this session")] if session.is_this else []
    parts.append(origin_words(session.address))
    parts += [_("device key {name}").format(name=session.device)] if session.device else []
    parts += [session.terminal] if session.terminal else []
    if not session.is_this:
        parts.append(_("last key {ago}").format(ago=ago(session.seen_at)))
    parts += [_("locked")] if session.is_locked else []
    return BETWEEN.join(parts)


def history(rows: Sequence[SignIn], failed: Failed, current: int | None, zone: str, *, total: int) -> list[Fact]:
    """The last sign-ins and refusals, what failed lately before them, and the way to all of them.

    Args:
        total: how many there are in all.
    """
    facts = [heading(_("Your sign-ins"), "sign-ins", part=True)]
    if failed.number:
        facts.append(failed_fact(failed, zone))
    for row in rows[:SHOWN]:
        said = BETWEEN.join([outcome(row), origin(row), *_end(row, current)])
        facts.append(
            Fact(f"{SIGN_IN}{row.seq}", clock.minute(row.at, zone), (said,), mark=mark_of(row, failed.since_seq), dim=is_old(row, failed))
        )
    if not total:
        return [*facts, Fact("none", _("None yet"), (_("What happens from now on is listed here."),), dim=True)]
    said = ngettext("{n} entry: what succeeded and what was refused", "{n} entries: what succeeded and what was refused", total)
    return [*facts, Fact(HISTORY, _("All sign-ins"), (said.format(n=total),), opens=True, hotkey=HOTKEYS[HISTORY])]


def failed_fact(failed: Failed, zone: str) -> Fact:
    """What failed since the sign-in before this one, and what to do about it."""
    return Fact(FAILED, _("Failed"), [failed_words(failed, zone), _("If that was not you, change your password.")], mark=BAD, opens=True)


def failed_words(failed: Failed, zone: str) -> str:
    """How many attempts failed, since when, and when the last did."""
    last = ago(failed.last_at or 0)
    if failed.since is None:
        said = ngettext("{n} attempt failed so far: {last}.", "{n} attempts failed so far, the last {last}.", failed.number)
        return said.format(n=failed.number, last=last)
    said = ngettext(
        "{n} attempt failed since you signed in on {when}: {last}.",
        "{n} attempts failed since you signed in on {when}, the last {last}.",
        failed.number,
    )
    return said.format(n=failed.number, when=clock.minute(failed.since, zone), last=last)


def outcome(row: SignIn) -> str:
    """How it went: "signed in: password", "wrong password"."""
    if row.came_in:
        return _(_PROVED[row.by]) if row.by in _PROVED else _("signed in")
    return reason_words(row.because, proving=False)


def origin(row: SignIn) -> str:
    """Where from: the address; device key and terminal where they are known."""
    device = [_("device key {name}").format(name=row.device)] if row.device else []
    return BETWEEN.join([origin_words(row.address), *device, *([row.terminal] if row.terminal else [])])


def ending(row: SignIn, current: int | None) -> str:
    """What became of the session that began; of a refusal, whether it was within one."""
    if not row.came_in or row.session is None:
        return _("in a session") if row.inside else ""
    if row.session == current:
        return _("this session")
    if row.ended_at is None:
        return _("not signed out")
    return _(_ENDS[row.end]) if row.end in _ENDS else _("ended")


def whole(row: SignIn, current: int | None, zone: str) -> list[str]:
    """Everything that is known of it, a line each."""
    said = [_moment(N_("{moment} ({distance})"), row.at, zone), origin_words(row.address)]
    said += [_("device key {name}").format(name=row.device)] if row.device else []
    said += [_("terminal {name}").format(name=row.terminal)] if row.terminal else []
    if row.ended_at is not None and row.came_in:
        return [*said, BETWEEN.join([ending(row, current), clock.minute(row.ended_at, zone)])]
    return [*said, *_end(row, current)]


def _end(row: SignIn, current: int | None) -> list[str]:
    return [said] if (said := ending(row, current)) else []


def mark_of(row: SignIn, since_seq: int) -> Content:
    """✓ for a sign-in, ✗ for a refusal; one that is news stands out."""
    if row.came_in:
        return GOOD
    return BAD if row.seq > since_seq else OVER


def is_old(row: SignIn, failed: Failed) -> bool:
    """Whether it is no news: anything up to the sign-in before this one."""
    return row.seq <= failed.since_seq


def _moment(said: str, us: int, zone: str) -> str:
    return _(said).format(moment=clock.minute(us, zone), distance=ago(us))
