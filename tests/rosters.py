"""Files of people for tests: rows of a CSV made from keywords."""

from __future__ import annotations

import csv
import io

from models import clock
from models.queries.shop import zone
from models.rules.roster import COLUMNS, Roster, parse


def csv_of(*rows: dict[str, str]) -> bytes:
    """A file with all columns and these rows; login, name and post are made up where they are not what it is about."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for number, row in enumerate(rows, 1):
        writer.writerow({"login": f"person{number}", "name": f"Person {number}", "post": "service", **row})
    return out.getvalue().encode()


def roster_of(*rows: dict[str, str]) -> Roster:
    """The same, read for the shop that is open."""
    return parse(csv_of(*rows), zone=zone(), now=clock.now())


BAD: list[dict[str, str]] = [
    {"login": ""},
    {"login": "1st"},
    {"login": "a" * 19},
    {"login": "owner"},
    {"login": "person1"},
    {"login": "al ice"},
    {"login": "алиса"},
    {"name": ""},
    {"name": "x" * 41},
    {"name": "bell\x07"},
    {"name": "over\u202eride"},
    {"nickname": "zero\u200bwidth"},
    {"nickname": "n" * 41},
    {"number": "no;semicolons"},
    {"phone": "call me"},
    {"phone": "12"},
    {"email": "nobody"},
    {"email": "a@b@c.example"},
    {"department": "a/b/c/d/e/f/g"},
    {"department": "d" * 31},
    {"department": "esc\x1b[2J"},
    {"post": ""},
    {"post": "manager"},
    {"roles": "wizard"},
    {"roles": "customer_service;wizard"},
    {"extras": "goods.fly"},
    {"extras": "finance.withdraw"},
    {"until": "tomorrow"},
    {"until": "2026-02-30"},
    {"until": "2001-01-01"},
]
"""Rows that nobody can import, one for each thing that can be wrong in a cell; `person1` is a row before them."""


def mixed(good: int, bad: int) -> list[dict[str, str]]:
    """`good` rows of every kind there is, and `bad` ones strewn in between."""
    names = ["张伟", "Ann Lee", "迪丽热巴·迪力木拉提", "单小曾", "Zoë Ü"]
    rows = [
        {
            "name": f"{names[place % 5]}{place}",
            "nickname": f"nick {place}" if place % 2 else "",
            "number": str(place),
            "phone": f"138 0000 {place % 10000:04}",
            "email": f"p{place}@example.com",
            "department": ["", "客服部", "客服部/夜班", "Warehouse", "新部门/一组"][place % 5],
            "post": ["service", "operations", "客服"][place % 3],
            "roles": ["customer_service", "客服主管;customer service", "operations;Marketing", ""][place % 4],
            "extras": "" if place % 5 else "goods.price.edit",
            "until": "" if place % 2 else "2099-12-31",
        }
        for place in range(good)
    ]
    for place in range(bad):
        rows.insert(1 + place * max(1, good // max(1, bad)) + place, BAD[place % len(BAD)])
    return rows
