"""`audit verify` and `audit accept`: a line for everything found, and exit codes that a script can go by."""

from __future__ import annotations

import sys

import pytest

from models import shop
from models.queries import chain
from models.rules.audit_damage import Damage
from tests.factories import Founded
from tests.tampering import attacker, forged, recomputed, rewrite, rows
from tests.tui.cli.conftest import Run
from tui.cli.progress import percent


def tamper(founded: Founded, *numbers: int) -> None:
    """Edit entries."""
    with attacker(founded.home) as bare:
        bare.executemany("UPDATE audit_entry SET actor = 'x' WHERE seq = ?", [(number,) for number in numbers])


def code() -> str:
    """The code of the log now."""
    head = chain.head()
    assert head is not None
    return head.code


def test_a_whole_log_ends_with_zero(staffed: Founded, run: Run) -> None:
    """How many entries, and the code to write down."""
    ran = run("audit", "verify")
    assert ran.code == 0
    assert [row[:4] for row in ran.rows] == [["fine", "whole", "1", "3"], ["fine", "head", "3", "3"]]
    assert ran.rows[1][4].startswith("3-")
    assert "cannot be seen" in ran.err and ran.err.count("\n") == 1
    assert staffed.log("audit.verify") == [("console:" + ran_by(), "audit.verify", "Little Shop")]


def ran_by() -> str:
    """The operator, as the program was told."""
    from tests.tui.cli.conftest import OPERATOR

    return OPERATOR


def test_damage_ends_with_three_a_line_each(staffed: Founded, run: Run) -> None:
    """And from then on nothing is changed, which is one line on standard error and three, too."""
    tamper(staffed, 1, 3)
    ran = run("audit", "verify", "--json")
    assert ran.code == 3
    assert [(row["verdict"], row["kind"], row["first"], row["last"]) for row in ran.json][:2] == [
        ("wrong", "changed", 1, 1),
        ("wrong", "changed", 3, 3),
    ]
    refused = run("role", "revoke", "customer_service", "bob")
    assert (refused.code, refused.out, refused.err.count("\n")) == (3, "", 1)
    assert "The log is damaged from entry 1 on" in refused.err
    assert run("staff", "list").code == 0
    assert run("export", "staff").code == 0
    assert run("staff", "freeze", "bob").code == 0, "who has to be is shut out"


def test_accepting_it_lets_the_shop_go_on_and_keeps_it_named(staffed: Founded, run: Run) -> None:
    """Nothing is asked; a second time there is nothing to accept."""
    tamper(staffed, 2)
    run("audit", "verify")
    ran = run("audit", "accept")
    assert (ran.code, ran.rows) == (0, [["look", "changed", "2", "2", "Entry 2 is not as it was written."]])
    assert run("staff", "freeze", "bob").code == 0
    ran = run("audit", "verify")
    assert ran.code == 0
    assert ran.rows[0][:4] == ["look", "changed", "2", "2"]
    assert "Accepted by console:tester" in ran.rows[0][4]
    again = run("audit", "accept")
    assert (again.code, again.out) == (0, "")
    assert "Nothing was changed" in again.err


def test_a_code_from_paper_says_whether_the_log_has_that_past(staffed: Founded, run: Run) -> None:
    """Still, no longer, and not any more; after whoever has the machine wrote everything anew only this tells."""
    before = code()
    staffed.person("tom")
    ran = run("audit", "verify", "--anchor", before.lower())
    assert (ran.code, [row[:4] for row in ran.rows][1]) == (0, ["fine", "anchor", "3", "3"])
    shop.close()
    log = rows(staffed.home)
    rewrite(staffed.home, recomputed([forged(log[0], actor="x"), *log[1:]]))
    (staffed.home / "anchors").unlink(missing_ok=True)
    ran = run("audit", "verify", "--anchor", before)
    assert (ran.code, [row[:2] for row in ran.rows]) == (3, [["fine", "whole"], ["wrong", "anchor"], ["fine", "head"]])
    shop.close()
    rewrite(staffed.home, log[:2])
    ran = run("audit", "verify", "--anchor", before, "--json")
    assert ran.code == 3
    assert "its end is gone" in next(row["found"] for row in ran.json if row["kind"] == "anchor")
    shop.open(staffed.home)


def test_what_is_no_code_is_wrong_usage(staffed: Founded, run: Run) -> None:
    """Two, and one line that says which option; nothing was verified."""
    ran = run("audit", "verify", "--anchor", "1234")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--anchor" in ran.err
    assert staffed.log("audit.verify") == []


def test_how_far_it_is_shows_on_a_terminal(staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is gone at the end; elsewhere nothing is shown."""
    monkeypatch.setattr(chain, "WINDOW", 1)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with percent() as tell:
        for done in (1, 1, 2):
            tell(done, 3)
    assert "66 %" in run_err(run)


def run_err(run: Run) -> str:
    """What verifying says on standard error of a terminal."""

    class Terminal:
        def __init__(self) -> None:
            self.said = ""

        def write(self, text: str) -> int:
            self.said += text
            return len(text)

        def flush(self) -> None:
            """Nothing waits."""

        def isatty(self) -> bool:
            """It is one."""
            return True

    terminal, before = Terminal(), sys.stderr
    sys.stderr = terminal
    try:
        run("audit", "verify")
    finally:
        sys.stderr = before
    return terminal.said


def test_many_damages_are_counted(staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for what is not named."""
    monkeypatch.setattr("models.rules.audit_damage.MOST", 1)
    tamper(staffed, 1, 3)
    ran = run("audit", "verify")
    assert ran.code == 3
    assert ran.rows[1][4] == "1 more place is damaged."


def test_an_empty_log_has_no_code(staffed: Founded, run: Run) -> None:
    """All of it is gone, which is said at the start already."""
    shop.close()
    rewrite(staffed.home, [])
    ran = run("audit", "verify", "--json")
    assert ran.code == 3
    assert next(row["kind"] for row in ran.json) == "truncated"
    assert "anchor" not in [row["kind"] for row in ran.json]
    assert str(Damage("truncated", 1, 3)).startswith("The end of the log is gone")
    shop.open(staffed.home)


def test_doctor_has_a_line_about_the_log(staffed: Founded, run: Run) -> None:
    """Fine with its code; wrong with what was found; to be looked at once it was accepted."""

    def line() -> dict[str, str]:
        (row,) = [row for row in run("doctor", "--json").json if row["about"] == "Log"]
        return row

    assert (line()["verdict"], code() in line()["found"]) == ("fine", True)
    tamper(staffed, 2)
    run("audit", "verify")
    assert (line()["verdict"], "Entry 2 is not as it was written" in line()["found"]) == ("wrong", True)
    run("audit", "accept")
    assert (line()["verdict"], "console:tester" in line()["found"]) == ("look", True)
