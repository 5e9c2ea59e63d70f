"""A person in facts: who they are, what was given to them, what that amounts to, how safe the account is, what was done to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models import clock
from models.catalogue import INVITED, LEFT, area_label, areas, permissions, post_label, status_label
from models.errors import Refusal
from models.explain import end_words, source_label, source_words
from models.i18n import N_, _, ngettext
from models.queries.audit import EntryRow
from models.queries.protection import Protected
from models.queries.staff import Grant, StaffDetail
from models.rules.access import Verdict
from screens.security_facts import protection
from screens.staff_rows import leaves_words, status_mark
from screens.widgets import words
from screens.widgets.fact_list import Fact, heading

PERMISSION: Final = "permission:"
"""What the keys of facts about permissions begin with."""

_OF_STATUS: Final = {
    "invited": N_("What this amounts to once the account is activated"),
    "frozen": N_("What this amounts to once the account is unfrozen"),
    "left": N_("What this amounts to"),
    "active": N_("What this amounts to"),
}


def person(detail: StaffDetail, shop_code: str, zone: str, chats: Fact | None, refusal: Refusal | None = None) -> list[Fact]:
    """Who it is. What is not known is left out.

    Args:
        zone: the shop's time zone.
        chats: whose chat records they read.
        refusal: what keeps the reader from managing the person, where it is the reader's reach.
    """
    known = (
        ("login", _("Account"), f"{shop_code}:{detail.login}"),
        ("name", _("Name"), detail.name),
        ("nickname", _("Nickname"), detail.nickname),
        ("number", _("Staff number"), detail.number),
        ("phone", _("Phone"), detail.phone),
        ("email", _("E-mail"), detail.email),
        ("department", _("Department"), detail.department or _("none: directly below the shop")),
        ("head", _("Its head"), detail.head),
        ("post", _("Post"), _("owner: holds every permission") if detail.is_owner else post_label(detail.post)),
    )
    facts = [heading(_("Person"), "person", part=True)]
    facts.append(Fact("status", _("Status"), (status_label(detail.status),), mark=status_mark(detail.status)))
    if detail.leaves_at is not None:
        facts.append(Fact("leaves", _("Leaves"), (leaves_words(detail.leaves_at, zone),), mark=words.plain("→", "$text-warning")))
    facts += [Fact(key, label, (value,)) for key, label, value in known if value]
    if chats is not None:
        facts.append(chats)
    if refusal is not None:
        facts.append(Fact("reach", _("Your reach"), (str(refusal),), mark=words.plain(words.MAY_NOT, "$text-warning")))
    return facts


def given(grants: tuple[Grant, ...], zone: str, *, is_owner: bool) -> list[Fact]:
    """Roles and extras, with who gave them, since when and until when."""
    facts = [heading(_("Roles and extras"), "given", part=True)]
    if is_owner:
        return [*facts, Fact("owner", _("Owner"), (_("holds every permission, without roles"),))]
    if not grants:
        return [*facts, Fact("nothing", _("Nothing"), (_("No role and no extra was given."),), dim=True)]
    now = clock.now()
    for grant in grants:
        over = grant.until is not None and grant.until < now
        label = grant.label if grant.kind == "role" else _("+ {permission}").format(permission=grant.label)
        facts.append(Fact(f"grant:{grant.kind}:{grant.key}", label, (grant_words(grant, zone, now),), dim=over))
    return facts


def grant_words(grant: Grant, zone: str, now: int) -> str:
    """Who gave it, since when, until when, for whom they stand in with it: "by wang since 2026-01-02, until 2026-12-31 (in 40 days)"."""
    said = _given_words(grant, zone, now)
    return _("standing in for {name}; {grant}").format(name=grant.stands_for, grant=said) if grant.stands_for else said


def _given_words(grant: Grant, zone: str, now: int) -> str:
    facts = {"by": grant.by, "since": clock.day(grant.since, zone), "end": end_words(grant.until, zone, now)}
    if grant.until is None:
        return _("by {by} since {since}, without end").format(**facts)
    if grant.until < now:
        facts |= {"until": clock.day(grant.until, zone), "distance": clock.distance(grant.until, now)}
        return _("by {by} since {since}; it ended on {until} ({distance})").format(**facts)
    return _("by {by} since {since}, {end}").format(**facts)


def amounts(verdicts: Mapping[str, Verdict], zone: str, status: str) -> list[Fact]:
    """What the grants amount to, area by area, with where each permission comes from and what the post cuts."""
    shown = [verdict for verdict in verdicts.values() if verdict.sources]
    may = sum(verdict.granted for verdict in shown)
    high = sum(verdict.granted and permissions()[verdict.permission].high_risk for verdict in shown)
    told = [ngettext("{n} permission", "{n} permissions", may).format(n=may)]
    if high:
        told.append(ngettext("{n} high-risk", "{n} high-risk", high).format(n=high) + f" {words.HIGH_RISK}")
    facts = [heading(_("{title}: {count}").format(title=_(_OF_STATUS[status]), count=" · ".join(told)), "amounts", part=True)]
    for area in areas():
        inside = [verdict for verdict in shown if permissions()[verdict.permission].area == area]
        if inside:
            facts.append(heading(f"  {area_label(area)}", f"area:{area}"))
            facts += [_permission(verdict, zone) for verdict in inside]
    return facts


def _permission(verdict: Verdict, zone: str) -> Fact:
    permission = permissions()[verdict.permission]
    if verdict.granted:
        mark, said = words.plain(words.MAY, "$text-success"), [source_words(source, zone) for source in verdict.sources]
    else:
        cut = N_("{source} has it; the post, customer service, bars it")
        mark = words.plain(words.MAY_NOT, "$text-warning")
        said = list(dict.fromkeys(_(cut).format(source=source_label(source)) for source in verdict.sources))
    return Fact(
        f"{PERMISSION}{permission.code}",
        permission.label,
        said,
        mark=mark,
        high_risk=permission.high_risk,
        dim=not verdict.granted,
        opens=True,
    )


def security(detail: StaffDetail, zone: str, protected: Protected | None = None) -> list[Fact]:
    """Protection, code, sessions, sign-in, and when the account came to be.

    Args:
        protected: how the account is protected; None where the reader is not to see it.
    """
    facts = [heading(_("Security"), "security", part=True)]
    if protected is not None:
        facts += protection(protected, zone)
    if detail.code_expires_at is not None:
        live = detail.code_expires_at >= clock.now()
        said = N_("good until {moment} ({distance})") if live else N_("no longer good since {moment} ({distance})")
        label = _("Activation code") if detail.status == INVITED else _("Reset code")
        facts.append(Fact("code", label, (_moment(said, detail.code_expires_at, zone),), dim=not live))
    if detail.status != LEFT:
        open_now = ngettext("{n} open", "{n} open", detail.sessions).format(n=detail.sessions)
        facts.append(Fact("sessions", _("Sessions"), (open_now,)))
    signed_in = _("never") if detail.signed_in_at is None else _moment("{moment} ({distance})", detail.signed_in_at, zone)
    facts.append(Fact("signed_in", _("Last sign-in"), (signed_in,)))
    if detail.activated_at is not None:
        facts.append(Fact("activated", _("Activated"), (_moment("{moment} ({distance})", detail.activated_at, zone),)))
    created = _("{moment} by {by}").format(moment=clock.minute(detail.created_at, zone), by=detail.created_by)
    facts.append(Fact("created", _("Onboarded"), (created,)))
    if detail.left_at is not None:
        facts.append(Fact("left", _("Left"), (_moment("{moment} ({distance})", detail.left_at, zone),)))
    return facts


def _moment(said: str, us: int, zone: str) -> str:
    now = clock.now()
    # What was recorded this very moment is past.
    return _(said).format(moment=clock.minute(us, zone), distance=clock.distance(us, now + 1 if us == now else now))


def activity(entries: tuple[EntryRow, ...], zone: str) -> list[Fact]:
    """What was done to the account and with it, the newest first."""
    facts = [heading(_("Activity"), "activity", part=True)]
    if not entries:
        return [*facts, Fact("quiet", _("Nothing yet"), dim=True)]
    for entry in entries:
        said = _("{who}: {sentence}").format(who=entry.actor or _("a stranger"), sentence=entry.sentence)
        facts.append(Fact(f"entry:{entry.seq}", clock.minute(entry.at, zone), (said,)))
    return facts
