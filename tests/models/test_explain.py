"""The answer to "why?": it says what the verdict says, every source and every obstacle of it, and needs no database to say it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, strategies as st

from models import clock
from models.catalogue import STATUSES, permissions
from models.explain import Grantor, Why, end_words, explain, source_words
from models.rules.access import Person, Source, judge

ZONE = "Asia/Shanghai"
NOW = clock.end_of_day("2026-03-01", ZONE) - 12 * clock.HOUR
END = clock.end_of_day("2026-12-31", ZONE)
ALICE = Person("alice", "active", "service", is_owner=False)


def answer(person: Person, code: str, *sources: Source, grantors: tuple[Grantor, ...] = ()) -> list[str]:
    """What is said about one permission of one person."""
    return explain(Why(person.login, judge(person, permissions()[code], sources, NOW), grantors), ZONE, NOW)


def role(name: str = "customer_service", *, since: int = NOW - clock.DAY, until: int | None = None, title: str | None = None) -> Source:
    """A role as a source."""
    return Source("role", name, "wang", since, until, title)


def extra(code: str, *, since: int = NOW - clock.DAY, until: int | None = None) -> Source:
    """An extra as a source."""
    return Source("extra", code, "wang", since, until)


def test_what_is_allowed_names_through_what_by_whom_since_when_and_until_when() -> None:
    """Every source has its line; a role is called by its name, not by its code."""
    assert answer(ALICE, "goods.view", role(until=END), extra("goods.view")) == [
        "alice may use “View goods” now.",
        "Through the role “Customer service”, given by wang on 2026-02-28, until 2026-12-31 (in 10 months).",
        "As an extra, given by wang on 2026-02-28, without end.",
    ]


def test_a_preset_role_that_was_renamed_goes_by_its_new_name() -> None:
    """Its code would tell the reader nothing."""
    assert "“Front desk”" in answer(ALICE, "goods.view", role(title="Front desk"))[1]


def test_a_grant_that_is_over_is_told_with_its_end() -> None:
    """What was held until yesterday is the likeliest reason to ask."""
    over = role(since=NOW - 40 * clock.DAY, until=NOW - clock.DAY)
    assert answer(ALICE, "goods.view", over) == [
        "alice may not use “View goods” now.",
        "The role “Customer service”, given by wang on 2026-01-20, held until 2026-02-28 (1 day ago).",
    ]
    gone = extra("goods.view", since=NOW - 40 * clock.DAY, until=NOW - clock.DAY)
    assert answer(ALICE, "goods.view", gone)[1] == "An extra, given by wang on 2026-01-20, held until 2026-02-28 (1 day ago)."


def test_a_grant_that_has_not_begun_says_when_it_will() -> None:
    """It is no past: saying "held until" would be wrong."""
    later = role(since=NOW + 3 * clock.DAY, until=END)
    assert answer(ALICE, "goods.view", later)[1] == "The role “Customer service”, given by wang, holds only from 2026-03-04 on (in 3 days)."
    assert "holds only from" in answer(ALICE, "goods.view", extra("goods.view", since=NOW + clock.DAY))[1]


def test_what_the_post_bars_says_who_gave_it_and_that_the_post_has_to_change() -> None:
    """Giving it once more would change nothing, so nobody is said to be able to."""
    lines = answer(ALICE, "goods.price.edit", role("operations"), grantors=(Grantor("wang", "Wang Fang"),))
    assert lines == [
        "alice may not use “Change price” now.",
        "Through the role “Operations”, given by wang on 2026-02-28, without end.",
        "The post, customer service, bars it: it is kept for operations.",
        "The post has to change first. Who could do that: Wang Fang (wang).",
    ]


def test_what_was_never_given_says_so_and_who_could_give_it() -> None:
    """The way out is the last line."""
    lines = answer(ALICE, "goods.view", grantors=(Grantor("wang", "Wang Fang"), Grantor("li", "李雷")))
    assert lines[1:] == ["No role and no extra of this person gives it.", "Who could give it: Wang Fang (wang), 李雷 (li)."]


def test_what_is_the_owners_alone_says_that_nobody_can_give_it() -> None:
    """And the owner's own answer is one line."""
    assert answer(ALICE, "finance.withdraw")[1:] == ["It belongs to the owner alone and cannot be given."]
    owner = Person("wang", "active", "operations", is_owner=True)
    assert answer(owner, "finance.withdraw") == ["wang may use “Withdraw money” now.", "The owner holds every permission."]


@pytest.mark.parametrize("status", ["invited", "frozen", "left"])
def test_a_status_that_allows_nothing_is_told_beside_what_was_given(status: str) -> None:
    """The grant is there; it is the account that stands in the way."""
    lines = answer(ALICE._replace(status=status), "goods.view", role())
    assert lines[0] == "alice may not use “View goods” now."
    assert lines[1].startswith("Through the role")
    assert len(lines) == 3


def test_hostile_names_are_data_and_never_placeholders() -> None:
    """A name with braces fills a placeholder; it is not one."""
    lines = answer(
        ALICE._replace(login="{login}"), "goods.view", role("{0.__class__}", title="{by}"), grantors=(Grantor("{x}", "{people}"),)
    )
    assert lines[1].startswith("Through the role “{by}”, given by wang")
    assert lines[-1] == "Who could give it: {people} ({x})."


def test_few_words_for_a_source_and_its_end() -> None:
    """As previews have them."""
    assert source_words(role(until=NOW + 40 * clock.DAY), ZONE, NOW) == "role Customer service, until 2026-04-10 (in 40 days)"
    assert source_words(extra("goods.view"), ZONE, NOW) == "extra"
    assert source_words(Source("owner", "wang", "", 0, None), ZONE, NOW) == "owner"
    assert end_words(None, ZONE, NOW) == ""


@given(
    st.sampled_from(sorted(permissions())),
    st.sampled_from(STATUSES),
    st.sampled_from(["service", "operations"]),
    st.lists(st.tuples(st.sampled_from(["role", "extra"]), st.integers(-9, 9), st.none() | st.integers(-9, 9)), max_size=3),
)
def test_every_source_and_every_obstacle_has_its_line(code: str, status: str, post: str, grants: list[tuple[str, int, int | None]]) -> None:
    """Whatever the verdict is: the first line says which, and nothing in it is left out."""
    sources = [
        Source(
            kind, "design" if kind == "role" else code, "wang", NOW + since * clock.DAY, None if until is None else NOW + until * clock.DAY
        )
        for kind, since, until in grants
    ]
    verdict = judge(Person("alice", status, post, is_owner=False), permissions()[code], sources, NOW)
    lines = explain(Why("alice", verdict, ()), ZONE, NOW)
    assert lines[0].startswith("alice may use" if verdict.allowed else "alice may not use")
    assert len(lines) == 1 + len(verdict.sources) + len(verdict.obstacles)
    assert all(line.strip() and "{" not in line for line in lines)


def test_explaining_needs_no_library_of_the_database() -> None:
    """`check` is asked by other programs, many times a minute: it loads neither peewee nor Textual nor argon2."""
    loaded = "import models.explain, sys; print([name for name in ('peewee', 'textual', 'argon2', 'sqlite3') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
