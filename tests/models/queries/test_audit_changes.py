"""What an entry changed, in words: no key that an operation writes is without one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import models.operations
from models import db, i18n
from models.errors import refusals
from models.errors.refusals import Unauthorised
from models.events import SENTENCES
from models.operations import departments
from models.queries import audit_changes
from models.queries.audit_changes import LABELS, Change, changes
from models.rules.policy import Policy
from tests.factories import CONSOLE, Founded

NAMES = {"old", "new", "told", "also", "asked"}
"""What operations call values that they build up before they record them."""

CALLS = {"record", "refuse", "write", "Entry", "entry"}


def keys_in(tree: ast.AST) -> set[str]:
    """The keys of every dictionary that is written down in a function that records."""
    return {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def named(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> set[str]:
    """What is assigned to, a part of it included."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def put_under(node: ast.AST) -> set[str]:
    """The keys that something is put under in it."""
    stored = (each for each in ast.walk(node) if isinstance(each, ast.Subscript) and isinstance(each.ctx, ast.Store))
    return {each.slice.value for each in stored if isinstance(each.slice, ast.Constant) and isinstance(each.slice.value, str)}


def recorded() -> set[str]:
    """The keys of old and new values in the operations' text, as far as they stand there."""
    found: set[str] = set()
    for file in [*Path(models.operations.__file__).parent.glob("*.py"), Path(models.operations.__file__).parent.parent / "acting.py"]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in CALLS:
                for value in [*(keyword.value for keyword in node.keywords if keyword.arg in {"old", "new", "what"}), *node.args[3:]]:
                    found |= keys_in(value)
            if isinstance(node, ast.FunctionDef) and node.name in {"_told", "because"}:
                found |= keys_in(node)
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None and NAMES & named(node):
                found |= keys_in(node.value) | put_under(node)
    return found


def test_every_key_that_operations_write_is_called_something() -> None:
    """Those that stand in their text, and those that come from the fields of what they change."""
    assert recorded() - set(LABELS) == set()
    assert set(Policy._fields) - set(LABELS) == set()
    assert {"rows", "because", "why", "reason", "whole", "until"} <= recorded()


def test_every_key_in_a_furnished_shops_log_is_called_something(furnished: Path) -> None:
    """Entries as operations really leave them."""
    from models import shop

    shop.open(furnished)
    try:
        entries = db.rows("SELECT action, old, new FROM audit_entry")
        for action, old, new in entries:
            assert (set(audit_changes.values(old)) | set(audit_changes.values(new))) - set(LABELS) == set(), action
            for change in changes(action, old, new):
                assert change.label
                assert change.old or change.new
    finally:
        shop.close()


def test_every_refusal_that_is_recorded_has_its_words(little_shop: Founded) -> None:
    """By the name of its class, as the log has it."""
    classes, found = [Unauthorised], set[str]()
    while classes:
        for kind in classes.pop().__subclasses__():
            classes.append(kind)
            if not kind.__name__.startswith("_"):
                found.add(kind.__name__)
    assert refusals.NotAllowed.__name__ in found
    for name in found:
        ((label, _old, said),) = changes("act.refuse", "", f'{{"because":"{name}"}}')
        assert (label, said != name) == ("Because", True), name


def test_every_end_of_a_session_has_its_words(little_shop: Founded) -> None:
    """What whoever it was ended for is told of has words in the log as well."""
    assert refusals._ENDS.keys() <= audit_changes._ENDS.keys()
    assert changes("session.end", "", '{"why":"too many"}') == (Change("Why", "", "one session too many"),)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", ()),
        ('{"status":"active"}', '{"status":"frozen"}', (Change("Status", "active", "frozen"),)),
        ('{"post":"service"}', '{"post":"made up"}', (Change("Post", "Customer service", "made up"),)),
        ('{"role":"manager","until":null}', "", (Change("Role", "Manager", ""), Change("Until", "without end", ""))),
        ("", '{"role":"Our own role"}', (Change("Role", "", "Our own role"),)),
        ("", '{"until":"2026-12-31T15:59:59.999999Z"}', (Change("Until", "", "2026-12-31 23:59"),)),
        ("", '{"until":"soon"}', (Change("Until", "", "soon"),)),
        ("", '{"permission":"goods.view"}', (Change("Permission", "", "View goods"),)),
        ("", '{"extras":[["goods.view",null],["made.up",null]]}', (Change("Extras", "", "View goods, made.up"),)),
        ("", '{"roles":[["manager","2026-12-31T15:59:59.999999Z"]]}', (Change("Roles", "", "Manager until 2026-12-31 23:59"),)),
        ('{"removed":["goods.view"]}', '{"added":[]}', (Change("Taken away", "View goods", ""),)),
        ("", '{"act":"staff.freeze","because":"NotAllowed"}', None),
        ("", '{"act":"refund 1","through":"console:shop","because":["post","expired"]}', None),
        ('{"totp":"high_risk","device_required":false}', '{"totp":"everyone","device_required":true}', None),
        ('{"department":1}', '{"department":99}', (Change("Department", "Customer service", "99"),)),
        ('{"department":null}', '{"department":2}', (Change("Department", "", "Operations"),)),
        (
            "",
            '{"newer":{"a":1},"number":7,"ratio":1.5}',
            (Change("newer", "", '{"a": 1}'), Change("Staff number", "", "7"), Change("ratio", "", "1.5")),
        ),
        ("", '{"name":"\\u001b[31mred"}', (Change("Name", "", "�[31mred"),)),
        ("{damaged", '["a list"]', (Change("?", "{damaged", '["a list"]'),)),
        ("", '{"language":"zh","why":"idle","by":"totp","area":"roles"}', None),
        ("", '{"risk":"high","area":"newer"}', (Change("Risk", "", "high risk"), Change("Area", "", "newer"))),
    ],
)
def test_values_are_said_as_people_say_them(little_shop: Founded, old: str, new: str, told: tuple[Change, ...] | None) -> None:
    """Codes by what they are called, moments in the shop's zone; what a newer version wrote as it stands."""
    found = changes("staff.edit", old, new)
    if told is not None:
        assert found == told
    assert found or not (old or new)
    for change in found:
        assert not {change.old, change.new} & {"NotAllowed", "expired", "high_risk", "everyone", "idle", "totp", "zh", "staff.freeze"}


def test_whose_entries_were_exported_is_no_way_to_sign_in(little_shop: Founded) -> None:
    """One key, two meanings: of a sign-in how it was proved, of an export whom it was narrowed to."""
    assert changes("session.start", "", '{"by":"totp"}') == (Change("By", "", "phone code"),)
    assert changes("export.audit", "", '{"by":"alice"}') == (Change("Who acted", "", "alice"),)


def test_a_department_is_told_by_its_path(little_shop: Founded) -> None:
    """From the top down, as it is called now."""
    departments.add(CONSOLE, "Night shift", 1)
    ((identity,),) = db.rows("SELECT id FROM department WHERE parent_id = 1")
    old, new = '{"parent":null}', f'{{"parent":{identity}}}'
    assert changes("department.move", old, new) == (Change("Part of", "", "Customer service/Night shift"),)


def test_in_chinese_it_is_chinese(little_shop: Founded) -> None:
    """Labels and values of the catalogue; the tables hold marked sentences only."""
    i18n.install("zh")
    try:
        assert changes("role.grant", "", '{"permission":"goods.view","role":"manager"}')[0].new != "View goods"
    finally:
        i18n.install("en")
    assert set(SENTENCES)
