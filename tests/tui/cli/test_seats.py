"""`seat …`: the ledger from the command line."""

from __future__ import annotations

import pytest

from models import clock
from models.queries import seats
from tests.factories import Founded
from tests.tui.cli.conftest import Run
from tui.cli import output

START, END = "2098-12-31T16:00:00.000000Z", "2099-01-31T15:59:59.999999Z"


@pytest.fixture(autouse=True)
def far_ahead(staffed: Founded) -> None:
    """It is New Year's Eve of 2098 in Shanghai, so that no test depends on the day."""
    clock.set_clock(lambda: clock.instant("2098-12-31T04:00:00Z"))


def test_gifted_seats_are_written_down_claimed_and_counted(run: Run) -> None:
    """Each command prints the line; only claimed ones count."""
    ran = run("seat", "gift", "５", "--since", "2099-01-01", "--until", "2099-01-31", "--json")
    assert (ran.code, ran.err) == (0, "")
    line = {"id": 1, "seats": 5, "kind": "gifted", "price": "0.00", "since": START, "until": END, "by": "console:tester"}
    assert ran.json == [{**line, "state": "waiting"}]
    assert run("seat", "claim", "1", "--json").json == [{**line, "state": "later"}]
    assert run("seat", "gift", "2").rows[0][:4] == ["2", "2", "gifted", "0.00"]
    assert run("seat", "claim", "2").rows[0][6] == "counts"
    counted = run("seat", "count", "on", "--json").json
    assert [(row["counted"], row["seats"], row["unclaimed"]) for row in counted] == [(True, 2, 0)]
    assert run("seat", "claim", "2").code == 1
    assert run("seat", "count", "on").code == 1
    assert run("seat", "count", "off").rows[0][0] == "no"


def test_bought_seats_are_written_down_bought_again_and_ended(run: Run) -> None:
    """At the usual price for a month, unless something else is said."""
    first = run("seat", "buy", "3").rows[0]
    assert first[1:7] == ["3", "bought", "2.00", "2098-12-30T16:00:00.000000Z", "2099-01-30T15:59:59.999999Z", "counts"]
    again = run("seat", "renew", "1").rows[0]
    assert again[4:7] == ["2099-01-30T16:00:00.000000Z", "2099-02-27T15:59:59.999999Z", "later"]
    assert run("seat", "renew", "1").code == 1
    assert run("seat", "end", "1").rows[0][6] == "ended"
    other = run("seat", "buy", "1", "--price", "２．５", "--months", "2", "--since", "2099/1/1").rows[0]
    assert (other[3], other[5]) == ("2.50", "2099-02-28T15:59:59.999999Z")
    assert [row[0] for row in run("seat", "list").rows] == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("buy", "0"), 2, "From 1 to 10,000."),
        (("buy", "10001"), 2, "From 1 to 10,000."),
        (("buy", "5", "--price=-1"), 2, "A price looks like"),
        (("buy", "5", "--months", "121"), 2, "From 1 to 120."),
        (("buy", "5", "--since", "soon"), 2, "A day looks like"),
        (("gift", "5", "--since", "9000-01-01"), 2, "At most ten years"),
        (("gift", "5", "--until", "2098-12-30"), 2, "That day is over."),
        (("claim", "9"), 2, "no such seats"),
        (("claim", "x"), 2, "no such seats"),
        (("end", "9" * 30), 2, "no such seats"),
        (("end", "-1"), 2, ""),
        (("count", "maybe"), 2, ""),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_said_in_a_line(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    """And nothing is written down."""
    ran = run("seat", *words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert run("seat", "list").rows == []


def test_at_a_terminal_the_ledger_says_what_it_comes_to(run: Run, staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, with how many are taken, and that they are not counted."""
    run("seat", "buy", "50", "--months", "12")
    monkeypatch.setattr(output, "form_for", lambda **_asked: output.TABLE)
    monkeypatch.setattr("tui.cli.seats.form_for", lambda **_asked: output.TABLE)
    said = run("seat", "list").out
    assert "of 50 seats are taken. Charged this month 100.00, next month 100.00." in said
    assert all(word in said for word in ("Kind", "bought", "counts", "2098-12-31 00:00", "shopstaff seat count on"))
    run("seat", "count", "on")
    assert "shopstaff seat count on" not in run("seat", "list").out


def test_every_state_and_kind_has_its_words(run: Run) -> None:
    """In the language in force, at a terminal."""
    from tui.cli.words import _KINDS, _STATES

    assert set(seats.STATES) == set(_STATES)
    assert {seats.GIFTED, seats.BOUGHT} <= set(_KINDS)
