"""D6, of seats and conversations: what comes back and what does not, who reads it then, and that what is missing is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models import clock, db, migrations, shop, sqlite
from models.operations import _access_since, chat_intake, chat_reading, departments, grants, seats, sessions, staff
from models.operations.chat_reading import Filter
from models.operations.restoring import Restored
from models.queries import chats, handing_over, seats as seat_queries
from models.queries.newer import Newer
from models.rules import sharing
from models.rules.grants import AccessChange
from models.rules.sharing import TEAM_CODE
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import CONSOLE, Founded, signed_in
from tests.models.restoring.able import everybody, keep, restore, wider

pytestmark = pytest.mark.usefixtures("cheap")

SERVICE, OPERATIONS = 1, 2


def told(done: Restored) -> set[tuple[str, str, str]]:
    """What was said of it; every line has its words."""
    assert all(str(each) for each in done.preview.lines)
    return {(line.kind, line.who, line.what) for line in done.preview.lines}


def kinds(done: Restored) -> set[str]:
    """What it was about."""
    return {kind for kind, _who, _what in told(done)}


@pytest.fixture
def shop_with_chats(little_shop: Founded) -> Founded:
    """Two departments with somebody who wrote in each, and eve, who reads her team's."""
    for login, place in (("bob", SERVICE), ("ann", OPERATIONS)):
        little_shop.person(login, department_id=place)
        conversation(login, "river", (CUSTOMER, "还有货吗"), (STAFF, f"有的 {login}"))
    little_shop.person("eve", extras=[TEAM_CODE], department_id=SERVICE)
    return little_shop


def read_by(login: str) -> set[str]:
    """Whose conversations somebody reads, by list and by search, which agree."""
    actor = signed_in(login)
    listed = {row.login for row in chats.listing(actor).window(0, 99)}
    assert {hit.login for hit in chat_reading.find(actor, Filter("有货")).hits} == listed
    return listed


def test_d6_conversations_come_back_whole_and_are_found(shop_with_chats: Founded, tmp_path: Path) -> None:
    """Also into a folder in which there was nothing: each message, and the index of their words, pair for pair."""
    everything = (
        "SELECT * FROM conversation ORDER BY id",
        "SELECT * FROM message ORDER BY id",
        "SELECT id, block FROM message_text_data ORDER BY id",
    )
    before = [db.rows(sql) for sql in everything]
    file = keep(tmp_path / "stick")
    new = tmp_path / "new"
    for home in (shop_with_chats.home, new):
        restore(home, file, **({"key": shop_with_chats.home / "key"} if home == new else {}))
        shop.open(home)
        assert [db.rows(sql) for sql in everything] == before
        db.database.execute_sql("INSERT INTO message_text (message_text) VALUES ('integrity-check')")
        assert [hit.login for hit in chat_reading.find(CONSOLE, Filter("bob")).hits] == ["bob"]
        conversation("bob", "hill", (CUSTOMER, "后来"))
        assert [hit.customer for hit in chat_reading.find(CONSOLE, Filter("后来")).hits] == ["hill"]


def test_d6_what_came_in_since_is_counted_and_can_be_had_again(shop_with_chats: Founded, tmp_path: Path) -> None:
    """Two messages are gone, one of them all of a conversation; handed over again, none is doubled."""
    customers, began = {1: "river", 2: "river", 3: "sea"}, clock.now() - clock.HOUR

    def bring_in(*numbers: int) -> None:
        fields = {"staff": "bob", "from": "customer", "text": "在吗"}
        lines = [{**fields, "id": f"tb-{number}", "customer": customers[number], "at": clock.rfc3339(began + number)} for number in numbers]
        chat_intake.bring_in(CONSOLE, [json.dumps(line).encode() for line in lines], "chats.jsonl")

    bring_in(1)
    file = keep(tmp_path / "stick")
    bring_in(1, 2, 3)
    there = db.rows("SELECT ref, at, sender, text FROM message ORDER BY ref")
    done = restore(shop_with_chats.home, file)
    assert told(done) >= {("messages", "", "2"), ("conversations", "", "1")}
    assert "none is doubled" in " ".join(map(str, done.preview.of("look")))
    bring_in(1, 2, 3)
    assert db.rows("SELECT ref, at, sender, text FROM message ORDER BY ref") == there
    assert not kinds(restore(shop_with_chats.home, keep(tmp_path / "stick"))) & {"messages", "conversations", "messages_unknown"}


def test_d6_of_two_pasts_nobody_can_tell_what_is_missing(shop_with_chats: Founded, tmp_path: Path) -> None:
    """A backup that is no past of what is there: that is said in place of a number which would be wrong."""
    first = keep(tmp_path / "stick")
    sessions.sign_out(shop_with_chats.owner)
    second = keep(tmp_path / "stick")
    restore(shop_with_chats.home, first)
    assert kinds(restore(shop_with_chats.home, second)) >= {"forked", "messages_unknown"}


def test_d6_nobody_reads_more_people_by_older_departments(shop_with_chats: Founded, tmp_path: Path) -> None:
    """Somebody who read the team's and was put elsewhere since, or whose colleague was: back in the old place they would read more."""
    file = keep(tmp_path / "stick")
    staff.move(CONSOLE, shop_with_chats.id_of("bob"), None)
    before = everybody()
    assert ("place", "eve", "") in told(restore(shop_with_chats.home, file))
    assert wider(before, everybody()) == []
    assert read_by("eve") == set()


def test_d6_nor_those_who_left(shop_with_chats: Founded, tmp_path: Path) -> None:
    """Whose department, which was merged since, is the old one again: who read them before may, and nobody else."""
    night = departments.add(CONSOLE, "Night", SERVICE)
    staff.move(CONSOLE, shop_with_chats.id_of("bob"), night)
    staff.leave(CONSOLE, shop_with_chats.id_of("bob"))
    file = keep(tmp_path / "stick")
    staff.move_many(CONSOLE, handing_over.left_in(CONSOLE, night), OPERATIONS)
    departments.close(CONSOLE, night, 1)
    before = everybody()
    restore(shop_with_chats.home, file)
    assert wider(before, everybody()) == []
    assert read_by("eve") == set()


def test_d6_the_comparison_finds_who_reads_more(shop_with_chats: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the older departments let back in as they are, it would be seen."""
    monkeypatch.setattr(_access_since, "_places", lambda _each: None)
    file = keep(tmp_path / "stick")
    staff.move(CONSOLE, shop_with_chats.id_of("bob"), None)
    before = everybody()
    restore(shop_with_chats.home, file)
    assert wider(before, everybody()) == [("eve", "reads", ("bob", "river"))]


def _share(staff_id: int, held: dict[str, int | None], setting: str) -> None:
    if (change := sharing.change(held, setting)) != AccessChange():
        grants.change(CONSOLE, staff_id, change)


@pytest.mark.parametrize("then", sharing.SETTINGS)
@pytest.mark.parametrize("now", sharing.SETTINGS)
def test_d6_the_narrower_of_two_settings_holds(shop_with_chats: Founded, tmp_path: Path, then: str, now: str) -> None:
    """Of the one in the backup and the one that was set since; what was widened since is to be given again."""
    eve = shop_with_chats.id_of("eve")
    _share(eve, {TEAM_CODE: None}, then)
    file = keep(tmp_path / "stick")
    _share(eve, sharing.wanted_ends({}, then, None), now)
    before = everybody()
    done = restore(shop_with_chats.home, file)
    assert wider(before, everybody()) == []
    extras = dict(db.rows("SELECT permission, until FROM extra WHERE staff_id = ? AND ended_at IS NULL", (eve,)))
    narrower = min(then, now, key=sharing.SETTINGS.index)
    assert sharing.amounts_to(extras) == narrower
    assert ("given" in kinds(done)) is (sharing.SETTINGS.index(now) > sharing.SETTINGS.index(then))


def test_d6_what_was_opened_in_sessions_that_ended_is_forgotten(shop_with_chats: Founded, tmp_path: Path) -> None:
    """Who opens it again in another session is in the log again."""
    chat_reading.open_conversation(signed_in("eve"), 1)
    assert db.rows("SELECT 1 FROM chat_opening")
    restore(shop_with_chats.home, keep(tmp_path / "stick"))
    assert not db.rows("SELECT 1 FROM chat_opening")
    chat_reading.open_conversation(signed_in("eve"), 1)
    assert len(shop_with_chats.log("chat.read")) == 2
    assert not db.rows("PRAGMA foreign_key_check")


def test_d6_the_ledger_is_the_backups_but_for_what_ended(little_shop: Founded, tmp_path: Path) -> None:
    """What was written down or claimed since is named, by whom and how many; what ended stays so, and counting stays on."""
    gift, other, done_with = (seats.gift(CONSOLE, number) for number in (3, 4, 5))
    seats.claim(CONSOLE, other)
    file = keep(tmp_path / "stick")
    seats.claim(little_shop.owner, gift)
    seats.end(little_shop.owner, other)
    seats.buy(little_shop.owner, 7, 200, 2)
    seats.end(CONSOLE, seats.gift(CONSOLE, 9))
    seats.count(little_shop.owner, on=True)
    done = restore(little_shop.home, file)
    seen = {each for each in told(done) if each[0].startswith("seats_")}
    assert seen == {("seats_claimed", "owner", "3"), ("seats_ended", "owner", "4"), ("seats_made", "owner", "7"), ("seats_counted", "", "")}
    assert {line.kind: line.part for line in done.preview.lines if line.kind.startswith("seats_")} == {
        "seats_claimed": "look",
        "seats_ended": "again",
        "seats_made": "look",
        "seats_counted": "again",
    }
    counted = seat_queries.counted(clock.now())
    assert counted is not None
    assert counted.total == 0
    assert db.rows("SELECT id, ended_at IS NULL FROM seat ORDER BY id") == [(gift, 1), (other, 0), (done_with, 1)]
    assert kinds(restore(little_shop.home, file)) >= {"seats_counted", "seats_ended"}


_AS_BEFORE = (
    *(f"DROP TABLE {table}" for table in ("chat_opening", "message_text", "message", "conversation")),
    "ALTER TABLE seat RENAME TO seat_now",
    "CREATE TABLE seat (id INTEGER PRIMARY KEY, kind TEXT, number INTEGER, price INTEGER, since INTEGER, until INTEGER) STRICT",
    "INSERT INTO seat SELECT id, kind, number, price, since, until FROM seat_now",
    "DROP TABLE seat_now",
    "DELETE FROM schema_migration WHERE name LIKE '0005%'",
)


def older() -> None:
    """Have the shop that is open be one of a Shopstaff without conversations."""
    for statement in _AS_BEFORE:
        db.database.execute_sql(statement)
    sqlite.set_version(db.database.connection(), len(migrations.applied()))


def test_d6_a_backup_of_before_there_were_conversations_is_brought_up_to_date(little_shop: Founded, tmp_path: Path) -> None:
    """Seats that were in it are in the ledger; all messages are missing, and said to be."""
    little_shop.person("bob")
    seats.gift(CONSOLE, 2)
    older()
    file = keep(tmp_path / "stick")
    migrations.bring_up_to_date(little_shop.home / db.FILE_NAME)
    conversation("bob", "river", (CUSTOMER, "还有货吗"), (STAFF, "有的"))
    done = restore(little_shop.home, file)
    assert db.rows("SELECT kind, number, claimed_at IS NOT NULL FROM seat") == [("gifted", 2, 1)]
    assert {each for each in told(done) if each[0] in {"messages", "conversations"} or each[0].startswith("seats_")} == {
        ("messages", "", "2"),
        ("conversations", "", "1"),
    }
    conversation("bob", "river", (CUSTOMER, "还有货吗"))
    assert [hit.customer for hit in chat_reading.find(CONSOLE, Filter("还有")).hits] == ["river"]


def test_d6_over_data_of_before_there_were_conversations_nothing_is_said_of_any(little_shop: Founded, tmp_path: Path) -> None:
    """What is there is an older Shopstaff's, which a newer one has not opened yet; seats since are still named, by nobody."""
    older()
    file = keep(tmp_path / "stick")
    db.database.execute_sql("INSERT INTO seat VALUES (1, 'gifted', 2, 0, 0, NULL)")
    done = restore(little_shop.home, file)
    assert kinds(done).isdisjoint({"messages", "conversations", "messages_unknown", "unread"})
    assert ("seats_made", "?", "2") in told(done)


@pytest.mark.parametrize("table", ["message", "message_text_data", "seat", "conversation"])
def test_d6_of_damaged_data_what_can_be_told_is(shop_with_chats: Founded, tmp_path: Path, table: str) -> None:
    """The first page of a table, or of the index of words, is garbage: the backup comes back all the same, and is whole."""
    seats.gift(CONSOLE, 2)
    file = keep(tmp_path / "stick")
    conversation("bob", "hill", (CUSTOMER, "后来"))
    ((page,),) = db.rows("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
    indexes = db.rows("SELECT rootpage FROM sqlite_master WHERE tbl_name = ? AND type = 'index'", (table,))
    ((size,),) = db.rows("PRAGMA page_size")
    live = shop_with_chats.home / db.FILE_NAME
    shop.close()
    with live.open("r+b") as stream:
        for (number,) in [(page,), *indexes]:
            stream.seek((number - 1) * size)
            stream.write(b"\xa5" * size)
    done = restore(shop_with_chats.home, file)
    shop.open(shop_with_chats.home)
    assert db.rows("PRAGMA integrity_check") == [("ok",)]
    assert [hit.login for hit in chat_reading.find(CONSOLE, Filter("bob")).hits] == ["bob"]
    expected = {"message": "messages_unknown", "conversation": "messages_unknown", "seat": "unread"}
    assert expected.get(table, "messages") in kinds(done)


def test_d6_a_row_that_is_reached_from_both_ends_is_one(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what lies between cannot be read, a row may be met twice: seats are not counted twice by that."""
    seats.gift(CONSOLE, 2)
    shop.close()
    reachable = Newer._reachable
    monkeypatch.setattr(Newer, "_reachable", lambda *asked: [*reachable(*asked), *reachable(*asked)])
    newer = Newer(little_shop.home / db.FILE_NAME, 1, lambda _number: None)
    assert [(row["kind"], row["number"]) for row in newer.tables["seat"]] == [("gifted", 2)]
