"""The function that judges: whatever was given, its verdict is the union of what holds under the post's ceiling, and explains itself."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from models.catalogue import STATUSES, permissions
from models.rules.access import Holding, Person, Source, access, allowed, judge, potential, would_be
from tests.models.rules.holdings import CODES, NOW, ends, extras, holdings, leavers, moments, people

ALICE = Person("alice", "active", "operations", is_owner=False)
OWNER = Person("wang", "active", "operations", is_owner=True)
VIEW = permissions()["goods.view"]


def by_hand(person: Person, held: list[Holding], code: str, now: int) -> bool:
    """Rule 1 and rule 3, word by word, by somebody who has never seen the code."""
    if person.is_owner:
        return True
    if person.leaves_at is not None and person.leaves_at < now:
        return False
    if person.status != "active" or permissions()[code].owner_only:
        return False
    if person.post == "service" and permissions()[code].post == "operations":
        return False
    for holding in held:
        begun = holding.source.since <= now
        over = holding.source.until is not None and holding.source.until < now
        if holding.permission == code and begun and not over:
            return True
    return False


@given(leavers, holdings(), moments)
def test_access_is_what_holds_now_under_the_ceiling_of_the_post(person: Person, held: list[Holding], now: int) -> None:
    """Union, ceiling, status: as an independent reading of the rule has it."""
    verdicts = access(person, held, permissions(), now)
    assert {code for code, verdict in verdicts.items() if verdict.allowed} == {code for code in CODES if by_hand(person, held, code, now)}


@given(leavers, holdings(), moments)
def test_a_verdict_is_yes_exactly_when_nothing_is_in_the_way(person: Person, held: list[Holding], now: int) -> None:
    """The explanation is the decision: it cannot say otherwise."""
    for verdict in access(person, held, permissions(), now).values():
        assert verdict.allowed == (not verdict.obstacles)
        assert not verdict.allowed or verdict.sources
        assert not verdict.allowed or verdict.granted


@given(people, holdings(), moments)
def test_a_verdict_names_every_grant_that_holds_and_no_other(person: Person, held: list[Holding], now: int) -> None:
    """Also those that the post or the status keeps from taking effect; a grant that is over is an obstacle only where none holds."""
    for code, verdict in access(person, held, permissions(), now).items():
        valid = [
            holding.source
            for holding in held
            if holding.permission == code and holding.source.since <= now and (holding.source.until is None or now <= holding.source.until)
        ]
        others = [holding.source for holding in held if holding.permission == code and holding.source not in valid]
        assert list(verdict.sources) == valid
        expired = [obstacle.source for obstacle in verdict.obstacles if obstacle.kind == "expired"]
        assert expired == ([] if valid else others)


@given(holdings(), st.sampled_from(STATUSES))
def test_no_grant_lifts_the_ceiling_of_the_post(held: list[Holding], status: str) -> None:
    """A customer-service person never gets what is kept for operations, however it was given; and is told that the post is why."""
    person = Person("alice", status, "service", is_owner=False)
    for code, verdict in access(person, held, permissions(), NOW).items():
        if permissions()[code].post == "operations":
            assert not verdict.granted
            if verdict.sources:
                assert "post" in [obstacle.kind for obstacle in verdict.obstacles]
        else:
            assert "post" not in [obstacle.kind for obstacle in verdict.obstacles]


@given(people, st.sampled_from([code for code in CODES if permissions()[code].owner_only]), moments, ends)
def test_what_is_the_owners_alone_no_grant_gives(person: Person, code: str, since: int, until: int | None) -> None:
    """Not even one that was written into the database by hand."""
    verdict = judge(person, permissions()[code], [Source("extra", code, "wang", since, until)], NOW)
    assert not verdict.granted
    assert "owner_only" in [obstacle.kind for obstacle in verdict.obstacles]
    assert code not in potential(person, [Holding(code, Source("extra", code, "wang", since, until))], permissions(), NOW)


@given(leavers, holdings(), extras, moments)
def test_a_grant_more_never_takes_anything(person: Person, held: list[Holding], more: Holding, now: int) -> None:
    """Nothing is ever subtracted."""
    before, after = (access(person, each, permissions(), now) for each in (held, [*held, more]))
    for code in CODES:
        assert after[code].allowed >= before[code].allowed
        if code != more.permission:
            assert after[code] == before[code]


@given(leavers, holdings(), moments)
def test_the_quick_way_says_what_the_explained_way_says(person: Person, held: list[Holding], now: int) -> None:
    """`allowed` is `access` for who asks for no reasons, ends included."""
    given = [(holding.permission, holding.source.since, holding.source.until) for holding in held]
    explained = {code: verdict.until for code, verdict in access(person, held, permissions(), now).items() if verdict.allowed}
    assert allowed(person, given, permissions(), now) == explained


@given(leavers, holdings(), moments)
def test_everything_at_once_is_what_the_judge_says_of_each(person: Person, held: list[Holding], now: int) -> None:
    """Also of what is written down without asking: word by word, reasons and order included."""
    judged = {
        code: judge(person, permission, [each.source for each in held if each.permission == code], now)
        for code, permission in permissions().items()
    }
    verdicts = access(person, held, permissions(), now)
    assert verdicts == judged
    assert list(verdicts) == list(judged)


@given(leavers, holdings(), moments, st.integers(0, 20))
def test_potential_access_is_whatever_could_come_true_by_waiting_or_by_activating(
    person: Person, held: list[Holding], now: int, later: int
) -> None:
    """What is managed is measured by it, so nothing may come true that it did not count."""
    could = potential(person, held, permissions(), now)
    verdicts = access(would_be(person), held, permissions(), now + later)
    assert {code for code, verdict in verdicts.items() if verdict.granted} <= could
    assert potential(person._replace(status="frozen"), held, permissions(), now) == could


@given(people.filter(lambda person: person.status != "active"), holdings(), moments)
def test_who_is_not_active_may_do_nothing(person: Person, held: list[Holding], now: int) -> None:
    """And is told so beside whatever else is in the way; what was given is still counted as given."""
    verdicts = access(person, held, permissions(), now)
    assert not any(verdict.allowed for verdict in verdicts.values())
    assert all(verdict.obstacles[-1].kind == "status" and verdict.obstacles[-1].detail == person.status for verdict in verdicts.values())
    active = access(person._replace(status="active"), held, permissions(), now)
    assert [verdict.granted for verdict in verdicts.values()] == [verdict.granted for verdict in active.values()]


@given(leavers, holdings(), moments)
def test_who_is_to_leave_holds_everything_until_then_and_nothing_afterwards(person: Person, held: list[Holding], now: int) -> None:
    """Judged when asked; so nobody can give anything for longer than they are there."""
    verdicts = access(person, held, permissions(), now)
    gone = person.leaves_at is not None and person.leaves_at < now
    assert gone == person.has_gone(now)
    if gone:
        assert not any(verdict.granted for verdict in verdicts.values())
        assert all(verdict.obstacles[-1].detail == "left" for verdict in verdicts.values())
        assert potential(person, held, permissions(), now) == set()
    else:
        stays = access(person._replace(leaves_at=None), held, permissions(), now)
        assert {code: verdict.allowed for code, verdict in verdicts.items()} == {code: verdict.allowed for code, verdict in stays.items()}
        for code, verdict in verdicts.items():
            longest = stays[code].until
            ends_at = [end for end in (longest, person.leaves_at) if end is not None]
            assert not verdict.sources or verdict.until == min(ends_at, default=None)


def test_the_owner_may_everything_without_a_grant() -> None:
    """What is the owner's alone included; and it cannot be wider."""
    verdicts = access(OWNER, [], permissions(), NOW)
    assert all(verdict.allowed and verdict.sources[0].kind == "owner" for verdict in verdicts.values())
    assert potential(OWNER, [], permissions(), NOW) == set(CODES)
    assert allowed(OWNER, [], permissions(), NOW) == dict.fromkeys(permissions())


@pytest.mark.parametrize(("now", "holds"), [(9, False), (10, True), (15, True), (20, True), (21, False)])
def test_a_grant_holds_from_its_first_to_its_last_instant(now: int, holds: bool) -> None:
    """Both included, to the microsecond."""
    source = Source("extra", "goods.view", "wang", 10, 20)
    assert judge(ALICE, VIEW, [source], now).allowed is holds


def test_several_grants_last_as_long_as_the_longest() -> None:
    """Without end if one of them is; None also says that there is none."""
    short, long, endless = (Source("extra", "goods.view", "wang", 0, until) for until in (NOW + 1, NOW + 9, None))
    assert judge(ALICE, VIEW, [short, long], NOW).until == NOW + 9
    assert judge(ALICE, VIEW, [long, endless, short], NOW).until is None
    assert judge(ALICE, VIEW, [], NOW).until is None


def test_every_obstacle_is_named_with_what_it_is() -> None:
    """Status, post, end, owner, or never given; the detail says which."""

    def obstacles(person: Person, code: str, *sources: Source) -> list[tuple[str, str]]:
        return [(obstacle.kind, obstacle.detail) for obstacle in judge(person, permissions()[code], sources, NOW).obstacles]

    service = ALICE._replace(post="service")
    over, later = Source("role", "design", "wang", 0, NOW - 1), Source("extra", "goods.edit", "wang", NOW + 1, None)
    assert obstacles(ALICE, "goods.edit") == [("not_granted", "")]
    assert obstacles(ALICE, "goods.edit", over) == [("expired", "design")]
    assert obstacles(ALICE, "goods.edit", over, later) == [("expired", "design"), ("expired", "goods.edit")]
    assert obstacles(service, "goods.edit") == [("not_granted", ""), ("post", "service")]
    assert obstacles(service, "goods.edit", over) == [("expired", "design"), ("post", "service")]
    assert obstacles(ALICE._replace(status="frozen"), "goods.edit") == [("not_granted", ""), ("status", "frozen")]
    assert obstacles(ALICE, "finance.withdraw") == [("owner_only", "")]
    assert obstacles(service, "finance.withdraw") == [("owner_only", "")]


def test_what_the_catalogue_does_not_know_gives_nothing() -> None:
    """A newer version's permission in an older one's hands."""
    held = [Holding("goods.teleport", Source("extra", "goods.teleport", "wang", 0, None))]
    assert "goods.teleport" not in access(ALICE, held, permissions(), NOW)
    assert potential(ALICE, held, permissions(), NOW) == frozenset()
    assert allowed(ALICE, [("goods.teleport", 0, None)], permissions(), NOW) == {}


@pytest.mark.parametrize(("status", "as_if"), [("active", "active"), ("invited", "active"), ("left", "active"), ("frozen", "frozen")])
def test_a_preview_judges_people_as_if_they_were_active_and_a_frozen_one_as_frozen(status: str, as_if: str) -> None:
    """What a change amounts to is what it will amount to; freezing is not lifted by a preview."""
    assert would_be(ALICE._replace(status=status)).status == as_if
    assert would_be(ALICE, "service").post == "service"
