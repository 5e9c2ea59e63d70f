"""Ten thousand people from a file, judged again by a calculation of its own that knows nothing of the program but its data files."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.source import ROOT

PASSWORD: Final = "seven grey herons over wet fields"
COLUMNS: Final = ("login", "name", "nickname", "number", "phone", "email", "department", "post", "roles", "extras", "until")
ROWS: Final = 10_000
END, INSTANT = "2099-06-30", "2099-06-30T15:59:59.999999Z"  # the end of that day in Shanghai


def data(name: str, key: str) -> dict[str, dict[str, str]]:
    """A data file of the program's, each row by its `key`."""
    text = (ROOT / "models" / name).read_text(encoding="utf-8")
    return {row[key]: row for row in csv.DictReader(io.StringIO(text))}


PERMISSIONS: Final = data("permissions.csv", "code")
ROLES: Final = data("roles.csv", "role")
GIVEABLE: Final = [code for code, row in PERMISSIONS.items() if row["owner_only"] != "yes"]

BAD: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("login", {"login": ""}),
    ("login", {"login": "1abc"}),
    ("login", {"login": "x" * 19}),
    ("login", {"login": "boss"}),
    ("login", {"login": "U00001"}),
    ("name", {"name": ""}),
    ("name", {"name": "王" * 41}),
    ("name", {"name": "a\u202eb"}),
    ("nickname", {"nickname": "a\x1b[31m"}),
    ("number", {"number": "#!?"}),
    ("phone", {"phone": "call me"}),
    ("email", {"email": "nobody at home"}),
    ("department", {"department": "a/b/c/d/e/f/g/h/i/j/k"}),
    ("department", {"department": "部" * 31}),
    ("post", {"post": ""}),
    ("post", {"post": "boss"}),
    ("roles", {"roles": "customer_service;astronaut"}),
    ("extras", {"extras": "goods.nonsense"}),
    ("extras", {"extras": "finance.withdraw"}),
    ("until", {"until": "2001-01-01", "roles": "finance"}),
    ("until", {"until": "someday", "roles": "finance"}),
    ("", {"until": "2099-06-30,one,more"}),
)
"""Every kind of row that cannot be used, and the column it is told at."""


@cache
def closure(code: str) -> frozenset[str]:
    """A permission with everything it needs."""
    needs = [need for need in PERMISSIONS[code]["needs"].split(";") if need]
    return frozenset({code}).union(*map(closure, needs))


def shop(home: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program."""
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(home.parent), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, "-m", "tui", "--home", str(home), *words]
    return subprocess.run(arguments, cwd=ROOT, env=surroundings, input=stdin, capture_output=True, text=True, check=False, timeout=300)


def good_row(number: int, chance: random.Random) -> dict[str, str]:
    """Somebody with a few roles, each called by one of its names, and a few extras."""
    roles = [
        chance.choice([row["role"], row["label_en"], row["label_zh"]])
        for row in chance.sample([*ROLES.values()], chance.choice([0, 1, 1, 2, 3]))
    ]
    return {
        **dict.fromkeys(COLUMNS, ""),
        "login": f"u{number:05}",
        "name": chance.choice(["李雷", "韩梅梅", "Alice Wang", "单岚", "欧阳 Bob"]) + chance.choice(["", " 一", " 二"]),
        "phone": chance.choice(["", "138 0013 8000"]),
        "department": chance.choice(["", "客服部", "Customer service/夜班", "Operations/美工/图片"]),
        "post": chance.choice(["service", "operations", "客服", "运营"]),
        "roles": chance.choice([";", "；"]).join(roles),
        "extras": ";".join(chance.sample(GIVEABLE, chance.choice([0, 0, 1, 2]))),
        "until": chance.choice(["", "", END]),
    }


def the_file() -> tuple[str, dict[str, dict[str, str]], list[str]]:
    """The file, its good rows by their logins, and the column of each bad one, in the file's order."""
    chance = random.Random(7)
    places = set(chance.sample(range(2, ROWS), 100))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    good: dict[str, dict[str, str]] = {}
    bad: list[str] = []
    for number in range(ROWS):
        row = good_row(number, chance)
        if number in places:
            column, wrong = BAD[len(bad) % len(BAD)]
            bad.append(column)
            values = [*({**row, "roles": "", "extras": "", "until": "", "login": f"bad{number}"} | wrong).values()]
            writer.writerow([*values[:-1], *values[-1].split(",")])
        else:
            good[row["login"]] = row
            writer.writerow(row.values())
    return out.getvalue(), good, bad


def expected(row: dict[str, str]) -> dict[str, set[tuple[str, str, str | None]]]:
    """What a row amounts to: each permission with its sources, as kind, name and end."""
    named = {name: row["role"] for row in ROLES.values() for name in (row["role"], row["label_en"], row["label_zh"])}
    roles = {named[name]: set(ROLES[named[name]]["permissions"].split(";")) for name in row["roles"].replace("；", ";").split(";") if name}
    asked = {code for code in row["extras"].split(";") if code}
    by_role = set().union(*roles.values()) if roles else set()
    extras = asked | {code for wanted in asked for code in closure(wanted) if code not in by_role}
    operations = row["post"] in {"operations", "运营"}
    end = INSTANT if row["until"] else None
    return {
        code: {("role", name, end) for name, inside in roles.items() if code in inside}
        | ({("extra", code, end)} if code in extras else set())
        for code in by_role | extras
        if operations or PERMISSIONS[code]["post"] == "service"
    }


def sources_of(rows: list[dict[str, Any]]) -> dict[tuple[str, str], set[tuple[str, str, str | None]]]:
    """What an export says of each person and permission."""
    return {
        (row["login"], row["permission"]): {(source["kind"], source["name"], source["until"]) for source in row["sources"]} for row in rows
    }


@pytest.mark.slow
def test_ten_thousand_people_have_what_their_rows_amount_to(tmp_path: Path) -> None:
    """Import, export and check agree with a small calculation of the same: to the permission, the source and the instant."""
    home, file, codes, rejects = (tmp_path / name for name in ("home", "people.csv", "codes.csv", "rejects.csv"))
    text, good, bad = the_file()
    assert len(bad) == 100
    assert set(bad) == {column for column, _wrong in BAD}
    file.write_text(text, encoding="utf-8", newline="")
    made = shop(home, "init", "--shop", "店", "--code", "big-shop", "--owner", "boss", "--name", "Boss", stdin=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    zone_is_shanghai(home)

    refused = shop(home, "import", str(file), "--codes", str(codes))
    assert (refused.returncode, len({line.split("\t")[0] for line in refused.stdout.splitlines()[1:]})) == (1, 100)
    assert not codes.exists()
    done = shop(home, "import", str(file), "--skip-bad", "--rejects", str(rejects), "--codes", str(codes))
    assert done.returncode == 0, done.stderr
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        reasons = [row["reason"] for row in csv.DictReader(stream)]
    assert len(reasons) == 100
    assert all(reason.startswith(column) for reason, column in zip(reasons, bad, strict=True))
    with codes.open(encoding="utf-8", newline="") as stream:
        handed = {row["login"]: row["code"] for row in csv.DictReader(stream)}
    assert handed.keys() == good.keys()
    assert len(set(handed.values())) == len(good) == ROWS - 100

    exported = json.loads(shop(home, "export", "access", "--json").stdout)
    told = sources_of([row for row in exported if row["login"] != "boss"])
    assert told == {(login, code): sources for login, row in good.items() for code, sources in expected(row).items()}
    assert {row["status"] for row in exported} == {"active", "invited"}
    assert all(row["risk"] == PERMISSIONS[row["permission"]]["risk"] for row in exported)
    assert {row["permission"] for row in exported if row["login"] == "boss"} == PERMISSIONS.keys()
    check_agrees(home, good, handed)


def check_agrees(home: Path, good: dict[str, dict[str, str]], handed: dict[str, str]) -> None:
    """Before activation nothing is allowed, and `check` says what would be; after it the exit code is the calculation's."""
    chance = random.Random(8)
    logins = chance.sample([login for login, row in good.items() if row["roles"] or row["extras"]], 4)
    for place, login in enumerate(logins):
        may = expected(good[login])
        wanted = [*chance.sample([*may], min(2, len(may))), *chance.sample([*PERMISSIONS], 3)]
        for code in wanted:
            run = shop(home, "check", login, code, "--json")
            (answer,) = json.loads(run.stdout)
            assert (run.returncode, answer["allowed"]) == (1, False)
            assert ([obstacle["kind"] for obstacle in answer["obstacles"]] == ["status"]) == (code in may)
        if place < 2:
            assert shop(home, "activate", login, stdin=f"{handed[login]}\n{PASSWORD}\n").returncode == 0
            for code in wanted:
                assert shop(home, "check", login, code).returncode == (0 if code in may else 1)


def zone_is_shanghai(home: Path) -> None:
    """Whatever zone this machine is in: the ends of days are expected in that one."""
    from models import shop as door
    from models.operations import shop as settings
    from models.queries import shop as queries
    from tests.factories import CONSOLE

    door.open(home)
    known = queries.current()
    if known.zone != "Asia/Shanghai":
        settings.edit(CONSOLE, known.version, name=known.name, code=known.code, language=known.language, zone="Asia/Shanghai")
    door.close()
