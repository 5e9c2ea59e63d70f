"""What no linter says about the house: its sizes, its words, its one way in.

Layers and purity are import-linter's (pyproject.toml); docstrings, `print` and the like are ruff's. Rules that judge by the shape of the
source are each shown a piece of it that breaks them, so that none can pass by seeing nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.source import PACKAGES, ROOT, Function, Module, at, called, calls, functions, modules, parsed

Rule = Callable[[Module], Iterator[str]]

TRANSLATES = ("_", "N_", "ngettext")
LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 50


def broken(rule: Rule, *folders: str) -> list[str]:
    """Where the modules below `folders` break `rule`."""
    return [found for module in modules(*folders) for found in rule(module)]


def breaks(rule: Rule, text: str, path: str = "models/example.py") -> bool:
    """Whether a module that says `text` would break `rule`."""
    return bool(list(rule(parsed(path, text))))


def test_no_file_outgrows_the_house() -> None:
    """A file that is too long is two things; so is a stylesheet."""
    files = [path for package in PACKAGES for suffix in ("py", "tcss") for path in (ROOT / package).rglob(f"*.{suffix}")]
    assert files
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {path: length for path, length in lengths.items() if length > LINES_OF_A_FILE} == {}


def long_functions(module: Module) -> Iterator[str]:
    """Functions that are longer than one reads at once."""
    for function in functions(module):
        assert function.end_lineno is not None
        if (length := function.end_lineno - function.lineno + 1) > LINES_OF_A_FUNCTION:
            yield f"{at(module, function)} ({length} lines)"


def test_no_function_outgrows_a_screenful() -> None:
    """A function that is too long has parts that want names."""
    assert breaks(long_functions, "def f():\n" + "    g()\n" * 50)
    assert broken(long_functions) == []


def unmarkable(module: Module) -> Iterator[str]:
    """Marks that extraction cannot read: a marked sentence is one literal, and what is translated later is a name for one."""
    for call in calls(module, *TRANSLATES):
        if not isinstance(call.func, ast.Name):
            continue
        sentences = call.args[:2] if called(call) == "ngettext" else call.args[:1]
        for sentence in sentences:
            literal = isinstance(sentence, ast.Constant) and isinstance(sentence.value, str) and bool(sentence.value)
            if not literal and not (called(call) == "_" and _named(sentence)):
                yield at(module, call)


def _named(sentence: ast.expr) -> bool:
    """Whether this is a name for a sentence that was marked elsewhere, or a choice between such."""
    if isinstance(sentence, ast.IfExp):
        return _named(sentence.body) and _named(sentence.orelse)
    return isinstance(sentence, ast.Name | ast.Attribute | ast.Subscript)


@pytest.mark.parametrize(
    "text",
    [
        'N_(f"Freeze {name}?")',
        'N_("Freeze " + name)',
        'N_("Frozen" if frozen else "Active")',
        "N_(sentence)",
        'N_("")',
        '_(f"Freeze {name}?")',
        '_("Freeze {}?".format(name))',
        '_("Freeze %s?" % name)',
        '_("Frozen" if frozen else "Active")',
        'ngettext("{n} person", people, n)',
    ],
)
def test_a_sentence_that_could_not_be_extracted_is_found(text: str) -> None:
    """A sentence put together before it is translated is in no catalogue."""
    assert breaks(unmarkable, text)


def test_every_marked_sentence_can_be_extracted() -> None:
    """`_()` may also be given a name, because what was marked elsewhere is translated when it is said."""
    assert not breaks(unmarkable, '_("Freeze {name}?").format(name=name)\n_(self.words)\n_(SENTENCES[action])')
    assert broken(unmarkable) == []


def translated_too_early(module: Module) -> Iterator[str]:
    """Translations that happen when the module is imported, in whatever language is in force then."""
    return (
        at(module, call) for call in calls(module, "_", "ngettext") if isinstance(call.func, ast.Name) and module.function(call) is None
    )


@pytest.mark.parametrize(
    "text",
    [
        'TITLE = _("Staff")',
        'class Screen:\n    BINDINGS = [Binding("f", "freeze", _("Freeze"))]',
        'def confirm(question=_("Sure?")): ...',
        '@shown(_("Freeze"))\ndef freeze(): ...',
    ],
)
def test_a_translation_at_import_time_is_found(text: str) -> None:
    """Class bodies, defaults and decorators run at import, too."""
    assert breaks(translated_too_early, text)


def test_nothing_is_translated_before_the_language_is_known() -> None:
    """At import time sentences are marked (`N_`); they are translated when they are said."""
    assert not breaks(translated_too_early, 'def title():\n    return _("Staff")\nkey = lambda: _("Key")')
    assert broken(translated_too_early) == []


WORDY = re.compile(r"[A-Za-z]{2,}")
SAYING = {
    "Ask": 0,
    "Binding": 2,
    "Button": 0,
    "Checkbox": 0,
    "Choose": 0,
    "Column": 1,
    "Confirm": 0,
    "Fact": 1,
    "Field": 1,
    "Invalid": 1,
    "Label": 0,
    "Option": 1,
    "PasswordWeak": 1,
    "Static": 0,
    "Tell": 0,
    "heading": 0,
    "notify": 0,
    "plain": 0,
    "toast": 0,
}
"""Calls that say something to a person, and which argument says it."""

SAID = {
    "about",
    "border_subtitle",
    "border_title",
    "description",
    "empty",
    "help",
    "hint",
    "label",
    "placeholder",
    "sub_title",
    "title",
    "tooltip",
    "words",
    "yes_label",
}
"""Parameters and attributes that do."""


def unmarked(module: Module) -> Iterator[str]:
    """English that reaches a person without having been marked for translation."""
    for node in ast.walk(module.tree):
        said: list[ast.expr | None] = []
        if isinstance(node, ast.Call):
            place = SAYING.get(called(node))
            said = [node.args[place] if place is not None and place < len(node.args) else None]
            if called(node) not in {"add_argument", "add_parser", "ArgumentParser", "work"}:
                said += [keyword.value for keyword in node.keywords if keyword.arg in SAID]
        elif isinstance(node, ast.Assign):
            names = {target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "") for target in node.targets}
            said = [node.value if {name.casefold() for name in names} & SAID else None]
        yield from (at(module, node) for value in said if isinstance(value, ast.Constant) and WORDY.search(str(value.value or "")))


@pytest.mark.parametrize(
    "text",
    [
        'Static("No staff yet")',
        'Binding("f", "freeze", "Freeze")',
        'self.app.notify("Saved", markup=False)',
        'Input(placeholder="Search")',
        'self.border_title = "Access"',
        'raise Invalid("login", "Too long")',
        'class SeatNone(Refusal):\n    words = "No seat is free"',
    ],
)
def test_a_sentence_in_one_language_only_is_found(text: str) -> None:
    """Somebody would read English in the middle of Chinese."""
    assert breaks(unmarked, text, "screens/example.py")


def test_everything_that_is_said_to_people_can_be_translated() -> None:
    """Marks and single letters are the same in both languages."""
    assert not breaks(unmarked, 'Static("✓ n")\nBinding("f", "freeze", N_("Freeze"))\nStatic(_("Saved"), id="saved")', "screens/example.py")
    assert broken(unmarked, "models", "screens") == []


SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<codes>:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*|\[[a-z-]+(,\s*[a-z-]+)*\])?(?P<reason>.*)$")


def silenced_without_a_reason(module: Module) -> Iterator[str]:
    """Checks that were switched off without saying which, or why."""
    for number, line in enumerate(module.lines, 1):
        if (found := SILENCED.search(line)) and not (found["codes"] and re.search(r"\w{3,}", found["reason"])):
            yield f"{module.path}:{number}: {line.strip()}"


def test_whoever_silences_a_check_says_why() -> None:
    """On the same line, for the next who wonders."""
    for line in ("x = 1  # noqa", "x = 1  # noqa: E501", "x = 1  # type: ignore", "x = 1  # type: ignore[misc]"):
        assert breaks(silenced_without_a_reason, line)
    assert not breaks(silenced_without_a_reason, "x = 1  # type: ignore[misc]  # peewee has no types")
    assert broken(silenced_without_a_reason) == []


def late_imports(module: Module) -> Iterator[str]:
    """Imports inside functions that do not say what they are doing there."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and module.function(node) is not None:
            assert node.end_lineno is not None
            if not any("# here, because " in line for line in module.lines[node.lineno - 1 : node.end_lineno]):
                yield at(module, node)


def test_an_import_inside_a_function_says_why_it_is_there() -> None:
    """Elsewhere than in the command line, whose commands each import what they need, it is an exception with a reason."""
    assert breaks(late_imports, "def f():\n    import pypinyin\n")
    assert not breaks(late_imports, "def f():\n    import pypinyin  # here, because it takes 0.4 s\n")
    cli = ("tui.cli", "tui.__main__")
    assert [found for module in modules() if not module.name.startswith(cli) for found in late_imports(module)] == []


CLOCKS = {"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}


def other_clocks(module: Module) -> Iterator[str]:
    """Ways to the time of day that no test could set."""
    return (at(module, node) for node in ast.walk(module.tree) if isinstance(node, ast.Call) and _dotted(node.func) in CLOCKS)


def _dotted(node: ast.expr) -> str:
    """The last two names of `datetime.datetime.now`."""
    return ".".join(ast.unparse(node).split(".")[-2:])


def test_there_is_one_clock() -> None:
    """`models.clock.now`, which a test can set, and which will notice when the machine's clock goes back."""
    assert breaks(other_clocks, "import datetime\nx = datetime.datetime.now(UTC)")
    assert [found for module in modules() if module.name != "models.clock" for found in other_clocks(module)] == []


def impurities(module: Module) -> Iterator[str]:
    """Files and clocks in a rule; what a rule may import is import-linter's."""
    yield from other_clocks(module)
    yield from (at(module, call) for call in calls(module, "open", "now", "read_text", "write_text", "execute"))


def test_rules_are_pure() -> None:
    """They are given the moment and the facts, and so can be asked about any."""
    assert breaks(impurities, "valid = until > clock.now()")
    assert broken(impurities, "models/rules") == []


WRITES = {"create", "delete_instance", "execute_sql", "insert", "insert_many", "replace", "save"}
WRITTEN = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|DROP|ALTER|CREATE)\s", re.IGNORECASE)


def writes(module: Module) -> Iterator[str]:
    """Writes to the database: by peewee on a table (its name is capitalised), or in words."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            table = isinstance(node.func.value, ast.Name) and node.func.value.id[:1].isupper()
            if node.func.attr in {"delete_instance", "save"} or (table and node.func.attr in WRITES | {"update", "delete"}):
                yield at(module, node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITTEN.match(node.value):
            yield at(module, node)


def test_queries_only_read() -> None:
    """What changes the shop is an operation, with a transaction and an entry of its own."""
    for text in ("staff.save()", "Staff.update(name=name).execute()", 'SQL = "UPDATE staff SET name = ?"', "Staff.delete().where(x)"):
        assert breaks(writes, text)
    assert not breaks(writes, "facts.update(more)\nname.replace('a', 'b')")
    assert broken(writes, "models/queries") == []


FRAMES = ("operation", "unattended")


def writes_in_nobodys_name(module: Module) -> Iterator[str]:
    """Public functions that write, and are told neither who acts nor in which open operation."""
    for node in module.tree.body:
        if not isinstance(node, Function) or node.name.startswith("_"):
            continue
        inside = parsed(module.path, ast.unparse(node))
        if not any((*writes(inside), *calls(inside, *FRAMES))) or any(calls(inside, "housekeeping")):
            continue
        first = next(iter((*node.args.posonlyargs, *node.args.args)), None)
        if first is None or first.annotation is None or ast.unparse(first.annotation) not in {"Actor", "Journal"}:
            yield at(module, node)


def test_every_operation_is_somebodys() -> None:
    """What writes is first told who acts, or is handed the journal of an operation that is open; housekeeping is nobody's act."""
    assert breaks(writes_in_nobodys_name, "def freeze(staff_id: int) -> None:\n    Staff.update(status='frozen').execute()")
    assert breaks(writes_in_nobodys_name, "def freeze(staff_id: int) -> None:\n    with operation(console(), 'staff.freeze'): ...")
    assert not breaks(
        writes_in_nobodys_name, "def end_all(journal: Journal, staff_id: int) -> None:\n    Session.update(ended=1).execute()"
    )
    public = [module for module in modules("models/operations") if not module.path.rpartition("/")[2].startswith("_")]
    assert public
    assert [found for module in public for found in writes_in_nobodys_name(module)] == []


FOREIGN = re.compile(
    r"\b(PRAGMA|sqlite_master|sqlite_schema|RAISE\s*\(|GLOB|AUTOINCREMENT|julianday|strftime\(|json_(each|group|extract)\w*)\b"
)


def sqlite_only(module: Module) -> Iterator[str]:
    """SQL that only SQLite understands."""
    docstrings = {
        node.body[0].value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | Function) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings and FOREIGN.search(node.value):
            yield at(module, node)


def test_what_only_sqlite_understands_stays_in_one_file() -> None:
    """So that another database is one more file like `models/sqlite.py`."""
    assert breaks(sqlite_only, 'db.execute("PRAGMA foreign_keys = 1")')
    assert [found for module in modules() if not module.name.startswith("models.sqlite") for found in sqlite_only(module)] == []


def function_keys(module: Module) -> Iterator[str]:
    """Actions that only have keys which a phone, an input method or a terminal does not pass on."""
    for call in calls(module, "Binding"):
        keys = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
        if all(re.fullmatch(r"(shift\+|ctrl\+)*f\d+|ctrl\+(space|@)|alt\+.*", key.strip()) for key in str(keys).split(",")):
            yield at(module, call)


def test_nothing_needs_a_key_that_is_not_everywhere() -> None:
    """Function keys, ctrl+space and alt may be a second way, never the only one."""
    assert breaks(function_keys, 'Binding("f1", "help", N_("Help"))')
    assert not breaks(function_keys, 'Binding("question_mark,f1", "help", N_("Help"))')
    assert broken(function_keys, "screens", "tui") == []


def test_every_package_of_ours_is_typed_and_says_what_it_is() -> None:
    """`py.typed` lets other programs be checked against models; the docstring is what a newcomer reads first."""
    for package in PACKAGES:
        assert (ROOT / package / "py.typed").exists()
    silent = [module.path for module in modules() if not ast.get_docstring(module.tree)]
    assert silent == []
