"""Files of people to onboard: what is read of a row, and what is said of it."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st

from models import catalogue, clock, i18n, text
from models.errors import Invalid
from models.rules import departments, roster
from models.rules.roster import COLUMNS, REASON, Roster, RosterRow
from tests.hostile import LITERAL, REFUSED, WELCOME

ZONE = "Asia/Shanghai"
IN_FILES = {name: payload for name, payload in REFUSED.items() if not any("\ud800" <= c <= "\udfff" for c in payload)}
"""What can stand in a file: half of a pair cannot."""

NOW = clock.end_of_day("2026-11-21", ZONE) - 12 * clock.HOUR


def parse(data: str | bytes, zone: str = ZONE, now: int = NOW) -> Roster:
    """A file that says `data`."""
    return roster.parse(data.encode() if isinstance(data, str) else data, zone=zone, now=now)


def one(**cells: str) -> RosterRow:
    """The only row of a file that says `cells` of alice."""
    said = {"login": "alice", "name": "Alice", "post": "service"} | cells
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in said.values())
    (row,) = parse(f"{','.join(said)}\n{','.join(quoted)}\n").rows
    return row


def problems(row: RosterRow) -> dict[str, str]:
    """What is said of each column."""
    assert len({problem.column for problem in row.problems}) == len(row.problems)
    return {problem.column: problem.message for problem in row.problems}


def test_a_whole_row_is_read() -> None:
    """Every column, cleaned, as onboarding wants it."""
    data = (
        "login,name,nickname,number,phone,email,department,post,roles,extras,until\n"
        "Alice, Alice  Wang,小爱,A-1,138 0000 1234,a@example.com,客服部 / 夜班,客服,客服;Service lead,chat.record.team,2026-12-31\n"
    )
    (row,) = parse(data).rows
    assert row.problems == []
    assert row[3:-1] == (
        "alice",
        "Alice Wang",
        "小爱",
        "A-1",
        "138 0000 1234",
        "a@example.com",
        ("客服部", "夜班"),
        "service",
        ("客服", "Service lead"),
        ("chat.record.team",),
        clock.end_of_day("2026-12-31", ZONE),
    )
    assert row.line == 2
    assert row.raw["login"] == "Alice"
    assert row.raw["name"] == " Alice  Wang"
    assert tuple(row.raw) == COLUMNS


def test_three_columns_are_enough_in_any_order() -> None:
    """What is not there is blank."""
    (row,) = parse("post,name,login\noperations,李雷,lei\n").rows
    assert (row.login, row.name, row.post, row.problems) == ("lei", "李雷", "operations", [])
    assert row[5:10] == ("", "", "", "", ())
    assert row[11:14] == ((), (), None)


@pytest.mark.parametrize(
    ("typed", "post"),
    [
        ("service", "service"),
        (" Service ", "service"),
        ("Customer service", "service"),
        ("客服", "service"),
        ("operations", "operations"),
        ("ＯＰＥＲＡＴＩＯＮＳ", "operations"),
        ("运营", "operations"),
    ],
)
def test_a_post_is_named_in_either_language(typed: str, post: str) -> None:
    """Or by its code."""
    row = one(post=typed)
    assert (row.post, row.problems) == (post, [])


def test_the_labels_of_posts_are_understood() -> None:
    """What the screens call a post can be typed into a file."""
    for post in catalogue.POSTS:
        assert one(post=catalogue.post_label(post)).post == post


def test_departments_are_paths() -> None:
    """With blanks around names, doubled slashes and full-width ones forgiven."""
    assert one(department="客服部/夜班").department == ("客服部", "夜班")
    assert one(department=" /客服部 // 夜班/ ").department == ("客服部", "夜班")
    assert one(department="客服部／夜班").department == ("客服部", "夜班")
    assert one(department="").department == ()
    assert one(department="/").department == ()
    assert "deep" in problems(one(department="/".join("abcdefg")))["department"]
    assert len(one(department="/".join("abcdef")).department) == departments.MAX_DEPTH
    assert "At most" in problems(one(department="x" * 31))["department"]


def test_roles_and_extras_stand_between_semicolons_each_once() -> None:
    """Full-width semicolons too; a role may be named in any way, so it is left as it was typed."""
    assert one(roles="客服; Service  lead；客服;;").roles == ("客服", "Service lead")
    assert one(roles="Finance;finance").roles == ("finance",)
    assert one(extras="Goods.View；trade.order.view; goods.view").extras == ("goods.view", "trade.order.view")
    assert one(roles="", extras=" ; ").extras == ()


def test_an_extra_is_a_permission_that_can_be_given() -> None:
    """Not one that does not exist, and not one that is the owner's alone."""
    assert "no.such" in problems(one(extras="goods.view;no.such"))["extras"]
    owners = next(code for code, permission in catalogue.permissions().items() if permission.owner_only)
    assert "owner" in problems(one(extras=owners))["extras"]
    assert one(extras=f"goods.view;{owners}").extras == ()


def test_the_end_is_a_day_in_the_shops_zone_that_is_not_over() -> None:
    """Today is not over."""
    assert one(until="2026/12/31").until == clock.end_of_day("2026-12-31", ZONE)
    assert one(until="2026-11-21").until == clock.end_of_day("2026-11-21", ZONE)
    assert one(until=" ").until is None
    assert "over" in problems(one(until="2026-11-20"))["until"]
    assert "2026-12-31" in problems(one(until="31.12.2026"))["until"]
    (there,) = parse("login,name,post,until\nalice,A,客服,2026-12-31\n", zone="America/New_York").rows
    assert there.until == clock.end_of_day("2026-12-31", "America/New_York")
    with pytest.raises(Invalid) as refused:
        parse("login,name,post,until\nalice,A,客服,2026-12-31\n", zone="Nowhere")
    assert refused.value.field == "zone"


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("login", ""),
        ("login", "李雷"),
        ("login", "a"),
        ("login", "x" * 19),
        ("login", "owner@shop"),
        ("name", ""),
        ("name", " \u3000"),
        ("name", "x" * 41),
        ("name", "x" * 10_000),
        ("nickname", "x" * 41),
        ("number", "A 1"),
        ("phone", "call me"),
        ("email", "alice"),
        ("department", "x" * 31),
        ("post", ""),
        ("post", "boss"),
        ("roles", "x" * 41),
        ("extras", "goods"),
        ("until", "soon"),
    ],
)
def test_a_bad_cell_is_told_with_its_column(column: str, cell: str) -> None:
    """And nothing else of the row is lost for it."""
    row = one(**{column: cell})
    assert set(problems(row)) == {column}
    assert getattr(row, column) in ("", (), None)
    assert row.raw[column] == cell
    assert row.name or column == "name"


@pytest.mark.parametrize("payload", IN_FILES.values(), ids=IN_FILES)
def test_p17_hostile_text_is_a_problem_of_its_cell(payload: str) -> None:
    """Neither the row's problem nor the file of rejected rows passes it on to a terminal."""
    if "\x00" in payload:
        with pytest.raises(Invalid):
            one(name=payload)
        return
    for column in ("login", "name", "nickname", "number", "phone", "email", "department", "roles", "extras"):
        row = one(**{column: payload})
        assert column in problems(row)
        assert all(problem.message.isprintable() for problem in row.problems)
        rejected = roster.rejects_csv([row], tuple(row.raw))
        assert rejected.replace("\r\n", "").replace("\n", "").isprintable()


@pytest.mark.parametrize("name", [*WELCOME.values(), *LITERAL.values()], ids=[*WELCOME, *LITERAL])
def test_real_names_are_read(name: str) -> None:
    """In UTF-8, with whatever they are written."""
    row = one(name=name[: text.NAME_LIMIT])
    assert row.problems == []
    assert row.name


def test_of_people_with_one_login_the_first_stays() -> None:
    """In any case and width; the later ones are told which line has it."""
    rows = parse("login,name,post\nalice,A,客服\n\nALICE,B,客服\nbob,C,客服\nａｌｉｃｅ,D,客服\nbob!,E,客服\nBob ,F,运营\n").rows
    assert [(row.line, bool(row.problems)) for row in rows] == [(2, False), (4, True), (5, False), (6, True), (7, True), (8, True)]
    assert "Line 2 " in problems(rows[1])["login"]
    assert "Line 2 " in problems(rows[3])["login"]
    assert "Line 5 " in problems(rows[5])["login"]
    assert "already" not in problems(rows[4])["login"]


def test_a_row_with_too_many_cells_says_so() -> None:
    """One that is too short is filled: its required cells say what is missing."""
    rows = parse("login,name,post\nalice,A,客服,x,y\nbob,B,客服,,\ncarol\n").rows
    assert "5 cells" in problems(rows[0])[""]
    assert "3 columns" in problems(rows[0])[""]
    assert rows[0].surplus == ("x", "y")
    assert rows[1].problems == []
    assert set(problems(rows[2])) == {"name", "post"}


def test_unknown_columns_are_ignored_with_a_notice() -> None:
    """Not silently, not again and again, and not with what a terminal would obey; our own column of reasons goes without saying."""
    assert parse("login,name,post,reason\na1,A,客服,x\n").notices == ()
    found = parse("login,name,post,Hobby,,hobby,\x1b[31m,a,b,c,d\na1,A,客服\n")
    (notice,) = found.notices
    assert "hobby" in notice
    assert notice.count("hobby") == 1
    assert "…" in notice
    assert notice.isprintable()
    assert found.header[:4] == ("login", "name", "post", "hobby")
    assert found.rows[0].problems == []


def test_a_file_in_gb18030_is_read_and_said() -> None:
    """As Excel saves it in China."""
    found = parse("login,name,post,department\nlei,李雷,客服,客服部/夜班\n".encode("gb18030"))
    assert found.rows[0].name == "李雷"
    assert found.rows[0].department == ("客服部", "夜班")
    assert found.notices == ("Read as GB18030.",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"alice,Alice,service\n", "Missing in the first line: login, name, post"),
        (b"login,name\nalice,A\n", "Missing in the first line: post"),
        (b"login,name,post,login\nalice,A,service,b\n", "“login” is there twice"),
        (b"login,name,post\n", "nobody"),
        (b"login,name,post\n,,\n\n", "nobody"),
        (b"PK\x03\x04", "workbook"),
        (b"login,name,post\nalice," + b"x" * 10_000_000 + b",service\n", "Line 2"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(data: bytes, said: str) -> None:
    """At the field of the file."""
    with pytest.raises(Invalid, match=said) as refused:
        parse(data)
    assert refused.value.field == "file"


def test_what_is_said_is_in_the_language_in_force() -> None:
    """Problems and notices alike."""

    class Upper:
        def gettext(self, message: str, /) -> str:
            return message.upper().replace("{COLUMNS}", "{columns}").replace("{CELLS}", "{cells}")

        def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
            raise AssertionError(msgid1, msgid2, n)

    i18n.install("zh", Upper())
    try:
        found = parse("login,name,post,hobby\n,A,客服,,x\n")
    finally:
        i18n.install("en")
    said = [*found.notices, *(problem.message for problem in found.rows[0].problems)]
    assert len(said) == 3
    assert all(line.replace("hobby", "").isupper() for line in said)


BAD = (
    "login,name,post,until,phone\n"
    'alice,"Wang, ""A""",service,,+86 138\n'
    "ALICE,=1+1,客服,soon,\n"
    "bob,B\x1b[31m,boss,2020-01-01,call me\n"
    "carol,C,客服,,,surplus,+more\n"
    'dave,"D\nD",客服,,\n'
)


def test_the_file_of_rejected_rows_can_be_corrected_and_imported_again() -> None:
    """It holds the rows as they came, with the reasons in a last column, and gives the same rows the same problems."""
    found = parse(BAD)
    rejected = [row for row in found.rows if row.problems]
    assert [row.line for row in rejected] == [3, 4, 5, 6]
    written = roster.rejects_csv(rejected, found.header)
    assert written.splitlines()[0] == "login,name,post,until,phone,reason"
    again = parse(written.encode("utf-8-sig"))
    assert again.notices == ()
    assert [set(problems(row)) - {"login"} for row in again.rows] == [set(problems(row)) - {"login"} for row in rejected]
    assert [row.surplus for row in again.rows] == [row.surplus for row in rejected]
    assert all(row.raw[REASON] for row in again.rows)
    assert "login: Line 2 has this login already." in again.rows[0].raw[REASON]
    assert "until: A day looks like 2026-12-31." in again.rows[0].raw[REASON]


def test_rejecting_twice_adds_no_second_reason() -> None:
    """The column of reasons is written anew."""
    found = parse(BAD)
    rejected = [row for row in found.rows if row.problems]
    first = roster.rejects_csv(rejected, found.header)
    again = parse(first)
    second = roster.rejects_csv([row for row in again.rows if row.problems], again.header)
    assert second.splitlines()[0] == first.splitlines()[0]


def test_reasons_that_the_shop_knows_can_be_added() -> None:
    """Whoever looks the row up in the database appends to its problems."""
    row = one(roles="nobody")
    row.problems.append(roster.Problem("roles", "There is no role “nobody”."))
    assert "roles: There is no role “nobody”." in roster.rejects_csv([row], tuple(row.raw))


CELL = st.text(
    st.sampled_from("a1李=+-@' ;/,\"\n\x1b\u202e\u200b.%王") | st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELL)), min_size=1, max_size=4), st.data())
@settings(deadline=None)
def test_rejected_rows_come_back_with_what_they_held(rows: list[dict[str, str]], data: st.DataObject) -> None:
    """Every cell of every row as it was, but for what cannot be shown; and the same columns are complained about."""
    columns = data.draw(st.permutations(COLUMNS))
    made = [
        RosterRow(line, {column: row[column] for column in columns}, (), "", "", "", "", "", "", (), "", (), (), None, [])
        for line, row in enumerate(rows)
        if any(cell.strip() for cell in row.values())
    ]
    written = roster.rejects_csv(made, columns)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for line in csv.reader(io.StringIO(written, newline="")) for cell in line)
    if not made:
        return
    found = parse(written)
    assert found.header == (*columns, REASON)
    shown = [{column: text.visible(cell, lines=True) for column, cell in row.raw.items()} for row in made]
    back = [{column: cell for column, cell in row.raw.items() if column != REASON} for row in found.rows]
    assert back == shown
    again = parse(roster.rejects_csv(found.rows, found.header))
    assert [set(problems(row)) for row in again.rows] == [set(problems(row)) for row in found.rows]


@given(st.lists(st.fixed_dictionaries({"login": CELL, "name": CELL, "post": st.sampled_from(["service", "客服", "boss", ""])}), max_size=6))
@settings(deadline=None)
def test_a_row_without_problems_can_be_used(rows: list[dict[str, str]]) -> None:
    """What is required is there and has its form, and no login comes twice."""
    lines = ["login,name,post", *(",".join('"' + cell.replace('"', '""') + '"' for cell in row.values()) for row in rows)]
    try:
        found = parse("\n".join(lines))
    except Invalid:
        assert not any(cell.strip() for row in rows for cell in row.values())
        return
    good = [row for row in found.rows if not row.problems]
    assert all(row.login and row.name and row.post in catalogue.POSTS for row in good)
    assert max(Counter(row.login for row in good).values(), default=1) == 1


def test_ten_thousand_people_are_read_in_a_moment() -> None:
    """A hundred of them with something wrong."""
    lines = [",".join(COLUMNS)]
    for n in range(10_000):
        login = "ALICE" if n % 100 == 99 else f"user{n}"
        lines.append(f"{login},张伟{n},小伟,A-{n},1380000{n:04},u{n}@example.com,客服部/夜班,客服,客服,chat.record.team,2026-12-31")
    data = "\n".join(lines).encode()
    started = time.perf_counter()
    found = parse(data)
    assert time.perf_counter() - started < 3  # a third of a second, with room for a busy machine
    assert len(found.rows) == 10_000
    assert sum(bool(row.problems) for row in found.rows) == 99
