"""Whose conversations somebody reads: tests/models/queries/chat_scope.csv says it of every setting, post and department.

The file is the specification, written out and not worked out. A row is a reader: what they were given (the sharing setting as an extra,
or a role), their post, and where their department lies, as seen from the department of the colleagues of the column "same": it is that
one (own), the one above it (parent), below it (child), beside it (sibling), elsewhere (other), or none. A column is whose conversation
it is. A cell is "yes" where it is read without an entry, the action of the entry, or "no" and the permission that is missing.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from models import clock, db, shop
from models.actor import Actor
from models.errors import NotAllowed, SessionEnded
from models.operations import chat_reading, departments, grants, staff
from models.queries import chat_scope, chats
from models.queries.chats import Filter
from models.rules.grants import AccessChange, ExtraGift
from tests import factories
from tests.chats import CUSTOMER, conversation
from tests.factories import CONSOLE, DAY, STRANGER, Founded
from tests.models.doors import Watch

FILE: Final = Path(__file__).with_name("chat_scope.csv")
COLLEAGUES: Final = ("same", "below", "above", "sibling", "other", "nowhere", "left", "frozen", "moved_here", "moved_away")
EXTRAS: Final = {"team": ["chat.record.team"], "all": ["chat.record.all"]}
CODES: Final = {"no, team": "chat.record.team", "no, all": "chat.record.all"}


def written() -> dict[str, dict[str, str]]:
    """The rows of the file, by what tells them apart."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {".".join(filter(None, (row["setting"], row["post"], row["place"]))): row for row in csv.DictReader(file)}


TABLE: Final = written()


class World:
    """A shop with a colleague, and a conversation, for every column, and somebody for every row."""

    def __init__(self, founded: Founded) -> None:
        self.founded = founded
        parent = departments.add(CONSOLE, "Service")
        own = departments.add(CONSOLE, "Day shift", parent)
        places = {
            "none": None,
            "parent": parent,
            "own": own,
            "child": departments.add(CONSOLE, "Early shift", own),
            "sibling": departments.add(CONSOLE, "Night shift", parent),
            "other": departments.add(CONSOLE, "Depot"),
        }
        self.places: dict[str, int | None] = dict(places)
        homes = {"below": "child", "above": "parent", "sibling": "sibling", "other": "other", "nowhere": "none", "moved_here": "other"}
        for colleague in COLLEAGUES:
            founded.person(colleague, department_id=self.places[homes.get(colleague, "own")])
        self.conversations = {login: conversation(login, "Mei", (CUSTOMER, "where is the parcel")) for login in COLLEAGUES}
        staff.leave(CONSOLE, founded.id_of("left"))
        staff.freeze(CONSOLE, founded.id_of("frozen"))
        staff.move(CONSOLE, founded.id_of("moved_here"), own)
        staff.move(CONSOLE, founded.id_of("moved_away"), self.places["other"])

    def reader(self, name: str) -> tuple[Actor, int]:
        """Somebody for a row, and their own conversation."""
        row = TABLE[name]
        if row["setting"] == "console":
            return CONSOLE, 0
        if row["setting"] == "owner":
            return self.founded.owner, conversation("owner", "Mei", (CUSTOMER, "where is the parcel"))
        login = f"r{list(TABLE).index(name)}"
        roles = [] if row["setting"] in {"own", *EXTRAS} else [row["setting"]]
        extras = EXTRAS.get(row["setting"], [])
        actor = self.founded.person(login, post=row["post"], gave=roles, extras=extras, department_id=self.places[row["place"]])
        return actor, conversation(login, "Mei", (CUSTOMER, "where is the parcel"))


@pytest.fixture(scope="module")
def world(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One shop for all rows."""
    home = tmp_path_factory.mktemp("chat_scope") / "home"
    shutil.copytree(shop_template, home)
    shop.close()
    shop.open(home)
    yield World(Founded(home, factories.signed_in("owner")))
    clock.set_clock(None)
    shop.close()


def entries(actor: Actor) -> list[tuple[str, str]]:
    """What the log has of somebody: the action, and what it was done to."""
    return db.rows("SELECT action, object_label FROM audit_entry WHERE actor = ? ORDER BY seq", (actor.name,))


def outcome(actor: Actor, identity: int, colleague: str) -> str:
    """What comes of opening a conversation, as the file writes it."""
    before = len(entries(actor))
    try:
        reading = chat_reading.open_conversation(actor, identity)
    except NotAllowed as refusal:
        assert entries(actor)[before:] == [("act.refuse", f"#{identity}")]
        return next(cell for cell, code in CODES.items() if code == refusal.permission)
    assert [message.text for message in reading.messages] == ["where is the parcel"]
    new = entries(actor)[before:]
    if not new:
        return "yes"
    ((action, label),) = new
    assert label == colleague
    return action


@pytest.mark.parametrize("name", TABLE)
def test_who_reads_whose_conversations(world: World, name: str) -> None:
    """Every cell of its row, for real; lists, searches and counts show those that can be opened, and no other."""
    row = TABLE[name]
    with db.database.atomic() as everything:
        actor, own = world.reader(name)
        conversations = dict(world.conversations) if own == 0 else {"own": own, **world.conversations}
        tried = {colleague: outcome(actor, identity, colleague) for colleague, identity in conversations.items()}
        assert tried == {colleague: row[colleague] for colleague in conversations}
        reached = {identity for colleague, identity in conversations.items() if tried[colleague] not in CODES}
        listing = chats.listing(actor)
        assert {each.id for each in listing.window(0, 99)} == reached
        assert listing.count() == len(reached)
        assert {identity for identity in conversations.values() if listing.position(identity) is not None} == reached
        for narrowed in (Filter(customer="mei"), Filter(unanswered=True), Filter(since=1)):
            assert {each.id for each in chats.listing(actor, narrowed).window(0, 99)} == reached
        assert {hit.conversation_id for hit in chat_reading.find(actor, Filter(words="parcel")).hits} == reached
        assert chats.waiting(actor) == (min(own, 1), len(reached))
        assert chats.any_for(actor)
        assert chats.readable(actor, range(-1, 1 + max(reached, default=0) * 2)) == reached
        everything.rollback()


def test_the_file_has_every_combination() -> None:
    """Seven things to be given, two posts, six places; the owner and the operator at the machine."""
    assert len(TABLE) == 7 * 2 * 6 + 2
    assert all(list(row) == ["setting", "post", "place", "own", *COLLEAGUES] for row in TABLE.values())
    cells = {row[colleague] for row in TABLE.values() for colleague in ("own", *COLLEAGUES)}
    assert cells == {"yes", "-", "chat.read", "chat.read.all", *CODES}


@pytest.fixture
def place(little_shop: Founded) -> int:
    """A department."""
    return departments.add(CONSOLE, "Day shift")


def readable(actor: Actor) -> set[str]:
    """The colleagues whose conversations somebody sees."""
    return {row.login for row in chats.listing(actor).window(0, 99)}


def test_a_move_of_either_takes_effect_at_once(little_shop: Founded, place: int) -> None:
    """The colleague's, the reader's, and the department's own place in the tree, all in one session of the reader."""
    lead = little_shop.person("lead", post="service", gave=["service_lead"], department_id=place)
    bob = little_shop.person("bob", post="service")
    conversation("bob", "Mei", (CUSTOMER, "hello"))
    assert readable(lead) == set()
    staff.move(CONSOLE, bob.staff_id or 0, place)
    assert readable(lead) == {"bob"}
    below = departments.add(CONSOLE, "Early shift")
    staff.move(CONSOLE, bob.staff_id or 0, below)
    assert readable(lead) == set()
    departments.move(CONSOLE, below, 1, place)
    assert readable(lead) == {"bob"}
    staff.move(CONSOLE, lead.staff_id or 0, None)
    assert chat_scope.scope(lead).name == chat_scope.OWN
    assert readable(lead) == set()


def test_an_extra_ends_with_its_last_moment(little_shop: Founded, place: int, watch: Watch) -> None:
    """Nothing has to run for that, and a list that is open shows no more from then on."""
    until = watch.now + DAY
    reader = little_shop.person("reader", extras=["chat.record.all"], department_id=place, until=until)
    little_shop.person("bob")
    identity = conversation("bob", "Mei", (CUSTOMER, "hello"))
    plain, narrowed = chats.listing(reader), chats.listing(reader, Filter(customer="mei"))
    assert (plain.count(), narrowed.count()) == (1, 1)
    watch.now = until
    assert chat_scope.scope(reader).name == chat_scope.ALL
    watch.now = until + 1
    assert chat_scope.scope(reader).name == chat_scope.OWN
    assert plain.window(0, 9) == narrowed.window(0, 9) == []
    assert plain.position(identity) is narrowed.position(identity) is None
    assert (plain.count(), narrowed.count()) == (0, 0)


def test_whoever_may_act_no_more_reads_nothing(little_shop: Founded) -> None:
    """Frozen, gone, signed out or nobody: not even their own, nor how many there are."""
    bob = little_shop.person("bob")
    identity = conversation("bob", "Mei", (CUSTOMER, "hello"))
    listing = chats.listing(bob)
    assert listing.count() == 1
    staff.freeze(CONSOLE, bob.staff_id or 0)
    for actor in (bob, STRANGER):
        for attempt in (
            lambda actor=actor: chat_scope.scope(actor),
            lambda actor=actor: chats.listing(actor),
            lambda actor=actor: chats.any_for(actor),
            lambda actor=actor: chats.waiting(actor),
            lambda actor=actor: chats.readable(actor, [identity]),
            lambda actor=actor: chat_reading.open_conversation(actor, identity),
            lambda actor=actor: chat_reading.find(actor, Filter(words="hello")),
            listing.count,
            lambda: listing.window(0, 9),
            lambda: listing.position(identity),
        ):
            with pytest.raises(SessionEnded):
                attempt()


def test_a_setting_that_changes_takes_effect_at_once(little_shop: Founded, place: int) -> None:
    """From own to team to all and back, in one session."""
    reader = little_shop.person("reader", department_id=place)
    little_shop.person("bob", department_id=place)
    little_shop.person("far")
    for login in ("reader", "bob", "far"):
        conversation(login, "Mei", (CUSTOMER, "hello"))
    assert readable(reader) == {"reader"}
    grants.change(CONSOLE, reader.staff_id or 0, AccessChange(give_extras=(ExtraGift("chat.record.team", None),)))
    assert readable(reader) == {"reader", "bob"}
    grants.change(CONSOLE, reader.staff_id or 0, AccessChange(give_extras=(ExtraGift("chat.record.all", None),)))
    assert readable(reader) == {"reader", "bob", "far"}
    grants.change(CONSOLE, reader.staff_id or 0, AccessChange(take_extras=("chat.record.team",)))
    assert readable(reader) == {"reader"}


def test_being_head_of_a_department_reads_nothing(little_shop: Founded, place: int) -> None:
    """It grants nothing by itself."""
    head = little_shop.person("head", department_id=place)
    departments.set_head(CONSOLE, place, 1, head.staff_id)
    little_shop.person("bob", department_id=place)
    conversation("bob", "Mei", (CUSTOMER, "hello"))
    assert chat_scope.scope(head).name == chat_scope.OWN
    assert readable(head) == set()
    assert not chats.any_for(head)
