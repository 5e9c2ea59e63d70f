"""A long log, made at once: for what has to be as quick with a million entries as with ten thousand.

The entries are believable (people come and go, use other programs, change what they may), the chain holds, and the time runs on. They
are written straight into the table, by the same people each time: who is in the shop, the operator and strangers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from models import clock, db
from models.catalogue import permissions
from models.clock import DAY
from models.rules.audit_chain import FIRST, link
from tests.crowd import crowd, founded_ago

_TEXTS: Final = (
    "price of teapot {n} from 99.00 to 89.00",
    "refund order 2026{n:06}",
    "ship order 2026{n:06} by SF",
    "answer customer {n}",
    "退款 2026{n:06}",
    "改价 茶壶 {n}",
    "发货 2026{n:06}",
    "see the buyer of order 2026{n:06}",
)
_WEIGHTS: Final = {
    "program.allow": 460,
    "session.start": 130,
    "session.end": 120,
    "session.lock": 60,
    "session.unlock": 55,
    "session.prove": 40,
    "program.refuse": 25,
    "session.refuse": 25,
    "role.grant": 12,
    "staff.edit": 12,
    "role.revoke": 9,
    "extra.grant": 8,
    "act.refuse": 7,
    "staff.move": 6,
    "extra.revoke": 6,
    "staff.onboard": 5,
    "device.add": 4,
    "role.edit": 4,
    "staff.freeze": 3,
    "staff.unfreeze": 3,
    "department.rename": 2,
    "export.staff": 2,
    "security.reset": 1,
    "policy.edit": 1,
}
_MANAGING: Final = frozenset({"role", "extra", "staff", "department", "export", "security", "policy"})
_INDEXES: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'audit_entry' AND sql IS NOT NULL"
_HEAD: Final = "SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"
_INSERT: Final = f"INSERT INTO audit_entry VALUES ({', '.join('?' * 13)})"
_ONCE: Final = 50_000
"""Entries that are written at once."""


class _Shop(NamedTuple):
    """Who and what the entries are about."""

    people: list[tuple[int, str]]
    managers: list[tuple[int, str]]
    roles: list[tuple[int, str]]
    departments: list[tuple[int, str]]
    name: str


def fill(count: int, *, days: int = 365, seed: int = 7) -> None:
    """Append `count` entries to the log of the shop that is open; they end now and began `days` ago, or after the newest that is there.

    A few of the people do most of the managing, as they do; the others mostly come, go and work.
    """
    here = _Shop(
        db.rows("SELECT id, login FROM staff ORDER BY id"),
        db.rows("SELECT id, login FROM staff ORDER BY id LIMIT 12"),
        db.rows("SELECT id, coalesce(name, code) FROM role ORDER BY id"),
        db.rows("SELECT id, coalesce(name, preset) FROM department ORDER BY id"),
        str(db.rows("SELECT name FROM shop")[0][0]),
    )
    seq, previous = db.row(_HEAD) or (0, FIRST)
    indexes = db.rows(_INDEXES)
    with db.transaction():
        for name, _sql in indexes:
            db.rows(f"DROP INDEX {name}")  # made again at the end: three times as quick as keeping them up
        rows: list[tuple[Any, ...]] = []
        for fields in _entries(here, count, int(seq), days, Random(seed)):
            previous = link(previous, fields)
            rows.append((*fields, previous))
            if len(rows) == _ONCE:
                db.write_many(_INSERT, rows)
                rows.clear()
        db.write_many(_INSERT, rows)
        for _name, sql in indexes:
            db.rows(str(sql))


def long_log(home: Path, count: int, people: int = 2000, *, days: int = 365) -> None:
    """Found a shop in `home`, `days` ago, with `people` who all work there and a log of `count` entries; it is closed again."""
    with founded_ago(home, days):
        crowd(people)
        clock.set_clock(None)
        fill(count, days=days)


def _entries(here: _Shop, count: int, seq: int, days: int, chance: Random) -> Iterator[tuple[Any, ...]]:
    end = clock.now()
    newest = db.row("SELECT at FROM audit_entry ORDER BY seq DESC LIMIT 1")
    begin = max(end - days * DAY, newest[0] if newest else 0)
    step = max((end - begin) // max(count, 1), 1)
    actions, weights = list(_WEIGHTS), list(accumulate(_WEIGHTS.values()))
    for place, action in enumerate(chance.choices(actions, cum_weights=weights, k=count), 1):
        at = min(begin + place * step - chance.randrange(step), end)
        staff_id, actor = chance.choice(here.managers if action.partition(".")[0] in _MANAGING else here.people)
        thing, old, new = _told(here, action, (staff_id, actor), chance)
        session: int | None = 1 + place // 40
        address = f"10.0.{staff_id // 250 % 250}.{staff_id % 250}"
        if action == "session.refuse":
            actor, session = "", None
        elif place % 97 == 0 and not action.startswith(("program", "session")):
            actor, session, address = "console:shop", None, ""
        yield seq + place, at, actor, session if thing[0] != "permission" else None, "", address, action, *thing, _json(old), _json(new)


def _told(
    here: _Shop, action: str, who: tuple[int, str], chance: Random
) -> tuple[tuple[str, int | None, str], dict[str, Any], dict[str, Any]]:
    """What the act was done to, and what it changed."""
    kind = action.partition(".")[0]
    if kind == "program":
        new: dict[str, Any] = {"act": chance.choice(_TEXTS).format(n=chance.randrange(900_000)), "through": "console:shop"}
        if action == "program.refuse":
            new["because"] = ["not_granted"]
        return ("permission", None, chance.choice(_codes())), {}, new
    if kind == "session":
        new = {"session.refuse": {"because": "password"}, "session.lock": {"why": "idle"}, "session.end": {"why": "signed_out"}}.get(
            action, {}
        )
        new = {"by": "totp"} if action in {"session.start", "session.prove"} else new
        return ("staff", *who), {}, new
    if kind in {"export", "policy"}:
        return ("shop", 1, here.name), {}, {"rows": chance.randrange(1, 999)} if kind == "export" else {"idle_minutes": 10}
    if kind == "department":
        identity, label = chance.choice(here.departments)
        return ("department", identity, label), {"name": label}, {"name": f"{label} {chance.randrange(9)}"}
    if action == "role.edit":
        identity, label = chance.choice(here.roles)
        return ("role", identity, label), {"permissions": ["goods.view"]}, {"permissions": ["goods.view", "trade.view"]}
    values: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "role": ({}, {"role": chance.choice(here.roles)[1], "until": None}),
        "extra": ({}, {"permission": chance.choice(_codes()), "until": "2026-12-31T15:59:59.999999Z"}),
        "device": ({}, {"name": "laptop", "key": "SHA256:abc", "until": None}),
        "act": ({}, {"act": "staff.freeze", "because": "NotAllowed", "permission": "staff.freeze"}),
        "security": ({}, {"reset": ["password"]}),
        "staff": ({"phone": "13800000000"}, {"phone": f"138{chance.randrange(10**8):08}"}),
    }
    return ("staff", *chance.choice(here.people)), *values[kind]


@cache
def _codes() -> list[str]:
    return list(permissions())


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else ""
