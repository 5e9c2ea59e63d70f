"""`check --act`: who was allowed or refused what in another program is in the log before the answer is given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from models import acting, bare, db, sqlite
from models.errors import DataUnusable, DiskFull, ShopDamaged, ShopLocked, ShopReadOnly
from tests.factories import Founded
from tests.source import ROOT
from tests.tui.cli.conftest import OPERATOR, Run
from tui import __main__ as program
from tui.cli import check
from tui.cli.check import Asked, understood

ALLOWED, REFUSED = ("program.allow", "goods.view"), ("program.refuse", "goods.price.edit")


def acts() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Actor, action, permission and what else is told, the oldest first."""
    found = db.rows("SELECT actor, action, object_label, new FROM audit_entry WHERE object_kind = 'permission' ORDER BY seq")
    return [(actor, action, label, json.loads(new)) for actor, action, label, new in found]


@pytest.mark.parametrize(
    ("login", "permission", "code", "entry"),
    [
        ("BOB", "goods.view", 0, ("bob", *ALLOWED, {})),
        ("bob", "goods.price.edit", 1, ("bob", *REFUSED, {"because": ["not_granted", "post"]})),
        ("bob", "finance.withdraw", 1, ("bob", "program.refuse", "finance.withdraw", {"because": ["owner_only"]})),
        ("nobody", "goods.view", 2, None),
        ("bob", "goods.nonsense", 2, None),
    ],
)
def test_the_exit_code_is_the_answer_and_the_entry_says_the_same(
    staffed: Founded, run: Run, login: str, permission: str, code: int, entry: tuple[str, str, str, dict[str, object]] | None
) -> None:
    """Nothing is printed but what is wrong; of an unknown name there is no entry."""
    ran = run("check", login, permission, "--act", "改价 白菜 2.50 → 2.80")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.count("\n") == (1 if code == 2 else 0)
    written = acts()
    if entry is None:
        assert written == []
        return
    ((actor, action, label, told),) = written
    assert (actor, action, label) == entry[:3]
    assert told == {"act": "改价 白菜 2.50 → 2.80", "through": f"console:{OPERATOR}", **entry[3]}


@pytest.mark.parametrize("act", ["", "  ", "x" * 201, "red \x1b[31m", "al\u202eice", "two\nlines"])
def test_an_act_that_cannot_be_read_is_wrong_usage(staffed: Founded, run: Run, act: str) -> None:
    """Exit code 2, one line that steers no terminal, and nothing written."""
    ran = run("check", "bob", "goods.view", "--act", act)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "\x1b" not in ran.err
    assert acts() == []


def test_without_it_nothing_is_written(staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no connection that could."""
    monkeypatch.setattr(sqlite, "connect_to_write", lambda *_given: pytest.fail("asking writes"))
    before = len(staffed.log())
    assert run("check", "bob", "goods.view").code == 0
    assert run("check", "bob", "goods.view", "--why").code == 0
    assert len(staffed.log()) == before


def test_why_and_json_are_as_ever(staffed: Founded, run: Run) -> None:
    """The answer is the same; that it was asked is in the log each time."""
    for how in ("--why", "--json"):
        without = run("check", "bob", "refund.approve", how)
        with_it = run("check", "bob", "refund.approve", how, "--act", "Paid back 20")
        assert (with_it.code, with_it.out, with_it.err) == (without.code, without.out, without.err)
    assert [act[1] for act in acts()] == ["program.refuse"] * 2


@pytest.mark.parametrize("error", [DiskFull, ShopDamaged, ShopLocked, ShopReadOnly])
@pytest.mark.parametrize("login", ["owner", "bob"])
def test_what_cannot_be_written_down_is_not_allowed(
    staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch, login: str, error: type[DataUnusable]
) -> None:
    """Exit code 3 and one line, whoever asks; no answer is printed either."""

    def full(*_given: object) -> None:
        raise error

    monkeypatch.setattr(acting, "append", full)
    ran = run("check", login, "goods.view", "--json", "--act", "Open the till")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert str(error()) in ran.err
    assert acts() == []


def test_tables_of_an_older_version_are_brought_up_to_date_first(staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the act is written, once."""
    opened: list[str] = []

    def outdated(*given: Any, **more: Any) -> Any:
        if not opened:
            raise bare.OutdatedError
        return real(*given, **more)

    real = acting.ask
    monkeypatch.setattr(acting, "ask", outdated)
    monkeypatch.setattr(check, "bring_up_to_date", opened.append)
    assert check.run(str(staffed.home), Asked("bob", "goods.view", act="Open the till"), operator="root") == 0
    assert [act[3]["through"] for act in acts()] == ["console:root"]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("bob", "goods.view", "--act", "Open the till"), Asked("bob", "goods.view", act="Open the till")),
        (("--act", "Open", "bob", "goods.view", "--json"), Asked("bob", "goods.view", json=True, act="Open")),
        (("bob", "--act=-1 piece", "goods.view", "--why"), Asked("bob", "goods.view", why=True, act="-1 piece")),
        (("bob", "goods.view", "--act="), Asked("bob", "goods.view", act="")),
        (("bob", "goods.view", "--act", ""), Asked("bob", "goods.view", act="")),
        (("bob", "goods.view", "--act"), None),
        (("bob", "goods.view", "--act", "--json"), None),
        (("bob", "goods.view", "--acts", "x"), None),
        (("bob", "goods.view", "more", "--act", "x"), None),
    ],
)
def test_the_short_way_takes_an_act_too(words: tuple[str, ...], asked: Asked | None) -> None:
    """What it does not understand is argparse's to refuse."""
    assert understood(words) == asked


def ran(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, for real."""
    everything = [sys.executable, "-m", "tui", "--home", str(home), "check", *words]
    return subprocess.run(everything, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **environment})


def test_a_real_process_writes_in_the_operators_name(staffed: Founded) -> None:
    """As root, in the name of whoever called sudo; else of the user who runs it."""
    done = ran(staffed.home, "bob", "goods.view", "--act", "Open the till", SUDO_USER="li")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    ((actor, action, _label, told),) = acts()
    assert (actor, action, told["act"]) == ("bob", "program.allow", "Open the till")
    if os.geteuid() == 0:
        assert told["through"] == "console:li"
    else:
        assert told["through"].startswith("console:")
        assert told["through"] != "console:li"


def test_it_imports_neither_peewee_nor_argparse(staffed: Founded) -> None:
    """Other programs ask at every click."""
    code = (
        "import sys; from tui.__main__ import main; answer = main(sys.argv[1:]); "
        "print(answer, sorted({'peewee', 'argparse', 'textual', 'rich', 'pathlib', 'argon2'} & set(sys.modules)))"
    )
    words = [sys.executable, "-c", code, "--home", str(staffed.home), "check", "bob", "goods.view", "--act", "Open the till"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "0 []\n"
    assert len(acts()) == 1


def test_the_long_way_is_the_same(staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--home` behind the command is argparse's to read."""
    monkeypatch.setattr(program, "become_owner", lambda _home: None)
    monkeypatch.setattr(os, "environ", dict(os.environ))  # which the program cleans
    assert program.main(["check", "bob", "goods.view", "--act", "Open the till", "--home", str(staffed.home)]) == 0
    assert [act[:3] for act in acts()] == [("bob", *ALLOWED)]
