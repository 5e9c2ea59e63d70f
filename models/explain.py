"""Verdicts in sentences: what screens and the command line answer when somebody asks "why?".

The sentences are made from the verdict and from nothing else, so they cannot disagree with the decision. Nothing in here needs the
database's library: `check` has to be quick.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from models import clock
from models.catalogue import FROZEN, INVITED, LEFT, permission_label, role_label
from models.i18n import N_, _
from models.rules.access import Obstacle, Source, Verdict


class Grantor(NamedTuple):
    """Somebody who could give a permission."""

    login: str
    name: str


class Why(NamedTuple):
    """A verdict on one permission of one person, and who could give it if they lack it."""

    login: str
    verdict: Verdict
    grantors: tuple[Grantor, ...]


_STATUS: Final = {
    INVITED: N_("The account is not activated yet: until then nothing is allowed."),
    FROZEN: N_("The account is frozen: until somebody unfreezes it nothing is allowed."),
    LEFT: N_("This person has left: nothing is allowed."),
}


def explain(why: Why, zone: str, now: int | None = None) -> list[str]:
    """The answer, a sentence a line: yes or no, then through what, then what is in the way, then who could give it.

    Args:
        zone: the shop's time zone.
        now: the moment that ends are counted from, UTC microseconds; None for this one.
    """
    verdict = why.verdict
    now = clock.now() if now is None else now
    said = N_("{login} may use “{permission}” now.") if verdict.allowed else N_("{login} may not use “{permission}” now.")
    lines = [_(said).format(login=why.login, permission=permission_label(verdict.permission))]
    lines += [_held(source, zone, now) for source in verdict.sources]
    lines += [obstacle_words(obstacle, zone, now) for obstacle in verdict.obstacles]
    if why.grantors:
        people = _(", ").join(f"{grantor.name} ({grantor.login})" for grantor in why.grantors)
        barred = any(obstacle.kind == "post" for obstacle in verdict.obstacles)
        could = N_("The post has to change first. Who could do that: {people}.") if barred else N_("Who could give it: {people}.")
        lines.append(_(could).format(people=people))
    return lines


def source_label(source: Source) -> str:
    """What a permission comes from, in few words: the role by its name, "extra", or "owner"."""
    if source.kind == "role":
        return _("role {role}").format(role=role_label(source.name, source.title))
    return _("extra") if source.kind == "extra" else _("owner")


def end_words(until: int | None, zone: str, now: int | None = None) -> str:
    """The end of a grant: "until 2026-12-31 (in 40 days)"; "" for one without end."""
    if until is None:
        return ""
    return _("until {day} ({distance})").format(day=clock.day(until, zone), distance=clock.distance(until, now))


def source_words(source: Source, zone: str, now: int | None = None) -> str:
    """What a permission comes from and how long it holds: "role Customer service, until 2026-12-31 (in 40 days)"."""
    end = end_words(source.until, zone, now)
    return _("{source}, {end}").format(source=source_label(source), end=end) if end else source_label(source)


def obstacle_words(obstacle: Obstacle, zone: str, now: int | None = None) -> str:
    """What stands in the way, in a sentence."""
    if obstacle.kind == "status":
        return _(_STATUS[obstacle.detail])
    if obstacle.kind == "post":
        return _("The post, customer service, bars it: it is kept for operations.")
    if obstacle.kind == "owner_only":
        return _("It belongs to the owner alone and cannot be given.")
    if obstacle.kind == "expired" and obstacle.source is not None:
        return _unheld(obstacle.source, zone, clock.now() if now is None else now)
    return _("No role and no extra of this person gives it.")


def _facts(source: Source, zone: str, now: int) -> dict[str, str]:
    """What the sentences about a grant are filled with."""
    return {
        "source": role_label(source.name, source.title) if source.kind == "role" else permission_label(source.name),
        "by": source.by,
        "since": clock.day(source.since, zone),
        "until": clock.day(source.until, zone) if source.until is not None else "",
        "distance": clock.distance(source.since if source.since > now else source.until or 0, now),
    }


def _held(source: Source, zone: str, now: int) -> str:
    """Through what a permission is held."""
    if source.kind == "owner":
        return _("The owner holds every permission.")
    if source.kind == "role":
        endless = N_("Through the role “{source}”, given by {by} on {since}, without end.")
        ending = N_("Through the role “{source}”, given by {by} on {since}, until {until} ({distance}).")
    else:
        endless = N_("As an extra, given by {by} on {since}, without end.")
        ending = N_("As an extra, given by {by} on {since}, until {until} ({distance}).")
    return _(endless if source.until is None else ending).format(**_facts(source, zone, now))


def _unheld(source: Source, zone: str, now: int) -> str:
    """Through what it was held, or will be."""
    if source.since > now:
        role = N_("The role “{source}”, given by {by}, holds only from {since} on ({distance}).")
        extra = N_("An extra, given by {by}, holds only from {since} on ({distance}).")
    else:
        role = N_("The role “{source}”, given by {by} on {since}, held until {until} ({distance}).")
        extra = N_("An extra, given by {by} on {since}, held until {until} ({distance}).")
    return _(role if source.kind == "role" else extra).format(**_facts(source, zone, now))
