"""`check`: the exit code is the answer."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from models import bare, clock, db, shop
from models.errors import DataUnusable
from tests.factories import CONSOLE, DAY, Founded
from tests.source import ROOT
from tests.tui.cli.conftest import Run
from tui.cli import check
from tui.cli.check import Asked, understood


@pytest.mark.parametrize(
    ("login", "permission", "code"),
    [
        ("owner", "finance.withdraw", 0),
        ("BOB", "goods.view", 0),
        ("bob", "goods.price.edit", 1),
        ("bob", "finance.withdraw", 1),
        ("nobody", "goods.view", 2),
        ("bob", "goods.nonsense", 2),
    ],
)
def test_the_exit_code_is_the_answer(staffed: Founded, run: Run, login: str, permission: str, code: int) -> None:
    """Nothing is printed but what is wrong, on standard error, in one line."""
    ran = run("check", login, permission)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.count("\n") == (1 if code == 2 else 0)


@pytest.mark.parametrize(("permission", "code"), [("goods.view", 0), ("goods.price.edit", 1)])
@pytest.mark.parametrize("how", ["--json", "--why"])
def test_nobody_reading_on_changes_no_answer(staffed: Founded, permission: str, code: int, how: str) -> None:
    """`shopstaff check … --why | true`: a pipe that closes is no permission."""
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "tui", "--home", str(staffed.home), "check", "bob", permission, how]
    try:
        done = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (code, b"")


def test_json_names_sources_and_obstacles(staffed: Founded, run: Run) -> None:
    """One array, with the keys that are promised; the instant is the grant's last."""
    end = clock.end_of_day("2099-12-31", "Asia/Shanghai")
    staffed.person("ann", post="service", gave=("operations",), until=end)
    ran = run("check", "ann", "goods.price.edit", "--json")
    (answer,) = ran.json
    assert ran.code == 1
    assert list(answer) == ["login", "permission", "allowed", "sources", "obstacles"]
    assert (answer["login"], answer["permission"], answer["allowed"]) == ("ann", "goods.price.edit", False)
    (source,) = answer["sources"]
    assert source.pop("from").endswith("Z")
    assert source == {"kind": "role", "name": "operations", "by": CONSOLE.name, "until": "2099-12-31T15:59:59.999999Z"}
    assert answer["obstacles"] == [{"kind": "post", "detail": "service"}]


def test_the_owner_is_a_source_of_their_own(staffed: Founded, run: Run) -> None:
    """Nobody gave it, and it has neither start nor end."""
    (answer,) = run("check", "owner", "goods.view", "--json").json
    assert answer["sources"] == [{"kind": "owner", "name": "owner", "by": None, "from": None, "until": None}]


@pytest.mark.parametrize(
    ("login", "permission", "kinds"),
    [
        ("bob", "finance.withdraw", ["owner_only"]),
        ("bob", "refund.approve", ["not_granted"]),
        ("late", "goods.view", ["expired"]),
        ("asked", "goods.view", ["status"]),
    ],
)
def test_every_obstacle_has_its_kind(staffed: Founded, run: Run, login: str, permission: str, kinds: list[str]) -> None:
    """What is in the way, for another program to tell apart."""
    staffed.person("late", gave=("operations",), until=clock.now() + DAY)
    with db.transaction():
        db.write_many("UPDATE role_grant SET until = ?, since = 1 WHERE until IS NOT NULL", [(clock.now() - DAY,)])
    staffed.person("asked", gave=("operations",), status="invited")
    ran = run("check", login, permission, "--json")
    assert ran.code == 1
    assert [obstacle["kind"] for obstacle in ran.json[0]["obstacles"]] == kinds


def test_why_says_who_could_give_it(staffed: Founded, run: Run) -> None:
    """The owner, and the manager who holds it; not the person themselves."""
    ran = run("check", "bob", "refund.approve", "--why")
    assert ran.code == 1
    assert "may not" in ran.out.splitlines()[0]
    assert "(owner)" in ran.out
    assert "(mia)" in ran.out
    assert "(bob)" not in ran.out


def test_why_is_the_same_sentence_as_on_screen(staffed: Founded, run: Run) -> None:
    """Two ways to the data, one explanation."""
    from models.explain import explain
    from models.queries import access

    for code in ("goods.view", "refund.approve", "goods.price.edit", "finance.withdraw"):
        why = access.why(staffed.owner, staffed.id_of("bob"), code)
        assert run("check", "bob", code, "--why").out.splitlines() == explain(why, "Asia/Shanghai")


def test_asking_writes_nothing(staffed: Founded, run: Run) -> None:
    """Not even a file beside the database."""
    shop.close()
    before = {path.name: path.read_bytes() for path in staffed.home.iterdir() if path.is_file()}
    assert run("check", "bob", "goods.view", "--why").code == 0
    assert {path.name: path.read_bytes() for path in staffed.home.iterdir() if path.is_file()} == before


def test_a_folder_without_a_shop_is_unusable_and_stays_as_it_is(run: Run, tmp_path: Path) -> None:
    """Exit code 3, one line, and no folder made."""
    ran = run("check", "bob", "goods.view", home=tmp_path / "none")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: file.write_bytes(b"no database at all, but long enough to be one" * 100),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: file.write_bytes(b""),
        lambda file: _execute(file, "INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '')"),
    ],
    ids=["other", "short", "empty", "newer"],
)
def test_data_that_cannot_be_used_is_told_in_a_line(staffed: Founded, run: Run, harm: object) -> None:
    """Exit code 3, never a traceback."""
    shop.close()
    assert callable(harm)
    harm(staffed.home / db.FILE_NAME)
    ran = run("check", "bob", "goods.view")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "reference" not in ran.err
    with pytest.raises(DataUnusable):
        shop.open(staffed.home)


def test_tables_of_an_older_version_are_brought_up_to_date_first(staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast way does not know old tables, and leaves them to the door of the shop."""
    opened = []
    real = shop.open
    monkeypatch.setattr(bare, "_MIGRATIONS", str(_with_one_more(staffed.home)))

    def opening(home: Path) -> None:
        opened.append(home)
        monkeypatch.undo()
        real(home)

    monkeypatch.setattr(shop, "open", opening)
    assert check.run(str(staffed.home), Asked("bob", "goods.view", why=False, json=False)) == 0
    assert opened == [staffed.home]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("bob", "goods.view"), Asked("bob", "goods.view", why=False, json=False)),
        (("--why", "bob", "goods.view", "--json"), Asked("bob", "goods.view", why=True, json=True)),
        (("bob",), None),
        (("bob", "goods.view", "more"), None),
        (("bob", "goods.view", "--help"), None),
        (("bob", "goods.view", "--home", "x"), None),
    ],
)
def test_only_plain_questions_take_the_short_way(words: tuple[str, ...], asked: Asked | None) -> None:
    """Everything else is argparse's to read or to refuse."""
    assert understood(words) == asked


def _execute(file: Path, sql: str) -> None:
    with sqlite3.connect(file) as bare:
        bare.execute(sql)
    bare.close()


def _with_one_more(home: Path) -> Path:
    folder = home / "migrations"
    shutil.copytree(bare._MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "0999_later.py").write_text("")
    return folder
