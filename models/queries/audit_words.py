"""What somebody typed into the search of the log: people, things, kinds of acts, permissions, and what other programs said."""

from __future__ import annotations

import json
from typing import Final

from models import db, sqlite
from models.catalogue import department_label, permission_label, role_label
from models.events import PERMISSION, PROGRAM_ALLOW, PROGRAM_REFUSE, PROGRAMS, SENTENCES, area_of, risk_of
from models.i18n import _
from models.queries.audit_streams import Cut, Test
from models.rules import finding
from models.text import key, visible

MOST: Final = 5
"""Words that are looked for; each has to be met."""

_PEOPLE: Final = "SELECT id, login FROM staff WHERE search LIKE ? ESCAPE '\\'"
_ROLES: Final = "SELECT id, code, name FROM role"
_DEPARTMENTS: Final = "SELECT id, preset, name FROM department"
_DISTINCT: Final = """
    WITH RECURSIVE known (value) AS (
        SELECT min({column}) FROM audit_entry INDEXED BY {index} WHERE {only}
        UNION ALL SELECT (SELECT min({column}) FROM audit_entry INDEXED BY {index} WHERE {only} AND {column} > value)
        FROM known WHERE value IS NOT NULL
    ) SELECT value FROM known WHERE value IS NOT NULL
"""
_ACTIONS: Final = _DISTINCT.format(column="action", index="auditentry_action", only="1")
_LABELS: Final = _DISTINCT.format(column="object_label", index="auditentry_permission", only=f"object_kind = '{PERMISSION}'")
_OPERATORS: Final = _DISTINCT.format(column="actor", index="auditentry_actor", only="actor >= 'console:' AND actor < 'console;'")
_TEXT: Final = f"""
    action IN ('{PROGRAM_ALLOW}', '{PROGRAM_REFUSE}') AND new LIKE ? ESCAPE '\\'
    AND ({sqlite.part("new", "act")}) LIKE ? ESCAPE '\\'
"""
_MET: Final = f"""
    actor IN {sqlite.LISTED} OR action IN {sqlite.LISTED}
    OR object_kind = 'staff' AND object_id IN {sqlite.LISTED}
    OR object_kind = 'role' AND object_id IN {sqlite.LISTED}
    OR object_kind = 'department' AND object_id IN {sqlite.LISTED}
    OR action IN ('{PROGRAM_ALLOW}', '{PROGRAM_REFUSE}') AND object_label IN {sqlite.LISTED} OR {_TEXT}
"""


def actions() -> frozenset[str]:
    """Every action that is in the log, those of a newer version included."""
    return frozenset(action for (action,) in db.rows(_ACTIONS))


def labels() -> frozenset[str]:
    """The codes of all permissions that acts in other programs asked for."""
    return frozenset(label for (label,) in db.rows(_LABELS))


def of_area(area: str) -> frozenset[str]:
    """The actions in the log that belong to an area."""
    return frozenset(action for action in actions() if area_of(action) == area)


def of_risk(risk: str) -> tuple[frozenset[str], frozenset[str]]:
    """The actions in the log that have a risk of their own, of acts in other programs the permissions."""
    own = frozenset(action for action in actions() if action not in PROGRAMS and risk_of(action) == risk)
    return own, frozenset(label for label in labels() if risk_of(PROGRAM_ALLOW, label) == risk)


class Word:
    """One word, with all that it may mean.

    Attributes:
        test: asks a row whether it meets the word.
        cuts: where such rows are; those of `texts` apart, each is answered by an index.
        texts: the acts in other programs, whose texts have to be read.
    """

    def __init__(self, word: str, number: int) -> None:
        needle = finding.needle(word)
        people = db.rows(_PEOPLE, (f"%{needle}%",))
        wanted = key(word)
        logins = {login for _id, login in people} | {name for (name,) in db.rows(_OPERATORS) if wanted in key(name)}
        done = {action for action in actions() if wanted in action or wanted in key(_said(action))}
        codes = {code for code in labels() if wanted in code or wanted in key(permission_label(code))}
        roles = {id for id, code, name in db.rows(_ROLES) if wanted in key(role_label(code, name))}
        departments = {id for id, code, name in db.rows(_DEPARTMENTS) if wanted in key(department_label(code, name))}
        staff = {id for id, _login in people}
        about = f"word {number}"
        like = (_like(json.dumps(word, ensure_ascii=False)[1:-1]), _like(word))
        sets = [logins, done, staff, roles, departments, codes]
        self.test: Final = Test(about, _MET, (*(json.dumps(sorted(met)) for met in sets), *like))
        found = [Cut(actors=frozenset(logins), answers=about, by="actor")] if logins else []
        found += [Cut(actions=frozenset(done), answers=about, by="action")] if done else []
        found += [Cut(actions=frozenset({action}), labels=frozenset(codes), answers=about, by="label") for action in PROGRAMS if codes]
        for kind, ids in (("staff", staff), ("role", roles), ("department", departments)):
            found += [Cut(kind=kind, ids=frozenset(ids), answers=about, by="thing")] if ids else []
        self.cuts: Final = tuple(found)
        self.texts: Final = Cut(actions=frozenset(PROGRAMS), extra=(Test(about, _TEXT, like),), answers=about)


def words(typed: str) -> tuple[Word, ...]:
    """Every word of what was typed."""
    text = visible(typed[: finding.NEEDLE_LIMIT * 4])
    return tuple(Word(word[: finding.NEEDLE_LIMIT], number) for number, word in enumerate(text.split()[:MOST]))


def _said(action: str) -> str:
    """An action's sentence without what it was done to."""
    return _(SENTENCES[action]).replace("{object}", "") if action in SENTENCES else ""


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
