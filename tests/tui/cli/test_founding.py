"""`init` and `activate`."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from models import db, shop
from models.queries import shop as shop_queries
from models.rules import password_cost
from models.rules.password_cost import FLOOR
from tests.factories import CONSOLE, PASSWORD, Founded
from tests.tui.cli.conftest import Run

INIT = ("init", "--shop", "小店", "--code", "little-shop", "--owner", "Alice", "--name", "Alice Wang")
GOOD = "seven grey herons over wet fields"


def test_init_sets_up_a_shop_that_its_owner_can_enter(run: Run, tmp_path: Path) -> None:
    """Folder 0700, files 0600, whatever the umask was; the log says who did it."""
    home = tmp_path / "deep" / "home"
    ran = run(*INIT, "--lang", "zh", stdin=f"{GOOD}\n", home=home)
    assert ran.code == 0
    assert GOOD not in ran.out + ran.err
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / db.FILE_NAME).stat().st_mode) == 0o600
    shop.open(home)
    known = shop_queries.current()
    assert (known.name, known.code, known.language, known.owner) == ("小店", "little-shop", "zh", "alice")
    assert db.rows("SELECT actor, action FROM audit_entry") == [("console:tester", "shop.found")]
    shop.close()


def test_p1_init_measures_what_a_hash_may_cost_here(run: Run, tmp_path: Path) -> None:
    """The password is kept at that cost, which is never below the floor; whatever else it is, it is within bounds."""
    assert run(*INIT, stdin=GOOD).code == 0
    shop.open(tmp_path / "home")
    ((kept,),) = db.rows("SELECT password FROM credential")
    ((chosen,),) = db.rows("SELECT value FROM setting WHERE name = 'password_cost'")
    shop.close()
    cost = password_cost.cost_of(kept)
    assert chosen == password_cost.written(cost)
    assert FLOOR.memory <= cost.memory <= password_cost.MOST_MEMORY
    assert FLOOR.passes <= cost.passes <= password_cost.MOST_PASSES
    assert cost.lanes == FLOOR.lanes


@pytest.mark.parametrize(
    ("option", "value"), [("--shop", "x" * 41), ("--code", "Not A Code"), ("--owner", "1alice"), ("--name", "a\u202eb"), ("--name", " ")]
)
def test_a_wrong_value_is_told_with_its_option_and_nothing_is_made(run: Run, tmp_path: Path, option: str, value: str) -> None:
    """Exit code 2, and no folder."""
    words = list(INIT)
    words[words.index(option) + 1] = value
    ran = run(*words, stdin=GOOD)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert ran.err.startswith(f"shopstaff: {option}: ")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("stdin", ["", "\n", "short\n", "alicealicealice\n", b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n", "x" * 5000])
def test_a_password_that_would_be_guessed_is_refused(run: Run, tmp_path: Path, stdin: str | bytes) -> None:
    """Likewise one that is missing, or no text."""
    ran = run(*INIT, stdin=stdin)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert not (tmp_path / "home").exists()


def test_a_second_shop_is_refused_before_anything_is_asked(little_shop: Founded, run: Run) -> None:
    """Exit code 1, and the first stays."""
    ran = run(*INIT)
    assert (ran.code, ran.out) == (1, "")
    assert "already" in ran.err


def test_init_speaks_and_keeps_the_language_of_the_environment(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no other is asked for."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert run(*INIT, stdin=GOOD).code == 0
    shop.open(tmp_path / "home")
    assert shop_queries.current().language == "zh"
    shop.close()


def test_an_account_is_activated_with_its_code_and_a_password(staffed: Founded, run: Run) -> None:
    """A line each; the code is good once."""
    staffed.person("ann", status="invited")
    code = run("staff", "code", "ann", "--json").json[0]["code"]
    ran = run("activate", "ANN", "--json", stdin=f"{code.lower()}\n{GOOD}\n")
    assert (ran.code, ran.json) == (0, [{"login": "ann", "status": "active"}])
    assert run("activate", "ann", stdin=f"{code}\n{PASSWORD}\n").code == 1


@pytest.mark.parametrize("login", ["ann", "nobody"])
def test_a_wrong_code_is_refused_alike_for_everybody(staffed: Founded, run: Run, login: str) -> None:
    """The line does not tell whether there is such a login; the log says who tried."""
    staffed.person("ann", status="invited")
    ran = run("activate", login, stdin=f"AAAA-AAAA-AAAA-AAAA-AAAA-AAAA\n{GOOD}\n")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert login not in ran.err
    assert staffed.log("staff.activate.refuse")[0][0] == CONSOLE.name


def test_a_weak_password_leaves_the_code_good(staffed: Founded, run: Run) -> None:
    """Exit code 2; the next attempt succeeds."""
    staffed.person("ann", status="invited")
    code = run("staff", "code", "ann", "--json").json[0]["code"]
    assert run("activate", "ann", stdin=f"{code}\nannannannann\n").code == 2
    assert run("activate", "ann", stdin=f"{code}\n{GOOD}\n").code == 0
