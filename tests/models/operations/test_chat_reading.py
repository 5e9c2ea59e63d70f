"""Reading a conversation, and the entries of it: attacked by guessing, by paging on when one may no more, and by half a minute's delay."""

from __future__ import annotations

import json
from typing import Any, Final
from unittest import mock

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import DiskFull, Invalid, NotAllowed, SessionEnded, SessionLocked, Unknown
from models.operations import chat_reading, departments, grants, presence, staff
from models.operations.chat_reading import find, open_conversation
from models.queries import audit, chat_scope, chat_search
from models.queries.chats import Filter
from models.rules.grants import AccessChange, ExtraGift
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import CONSOLE, DAY, Founded, signed_in
from tests.models.doors import Watch

SAID: Final = tuple((CUSTOMER if number % 2 else STAFF, f"line {number:03}") for number in range(1, 251))


class Team:
    """A lead with a colleague in the same department, and one elsewhere; each has a conversation."""

    def __init__(self, founded: Founded, **lead: Any) -> None:
        self.place = departments.add(CONSOLE, "Day shift")
        self.lead = founded.person("lead", extras=["chat.record.team"], department_id=self.place, **lead)
        self.bob = founded.person("bob", department_id=self.place)
        self.far = founded.person("far")
        self.bobs = conversation("bob", "小河", *SAID)
        self.fars = conversation("far", "Mei", (CUSTOMER, "where is the parcel"))
        self.own = conversation("lead", "Wei", (CUSTOMER, "line of my own"))


@pytest.fixture
def team(little_shop: Founded) -> Team:
    """See the class."""
    return Team(little_shop)


def log(*actions: str) -> list[tuple[str, str, str, dict[str, object]]]:
    """Who did what to whom, with what is told, of those actions; all that conversations bring, without."""
    found = db.rows("SELECT actor, action, object_label, new FROM audit_entry ORDER BY seq")
    wanted = actions or ("chat.read", "chat.read.all", "chat.search", "chat.search.all", "act.refuse")
    return [(actor, action, label, json.loads(new)) for actor, action, label, new in found if action in wanted]


def texts(reading: chat_reading.Reading) -> list[str]:
    """What was said."""
    return [message.text for message in reading.messages]


def test_a_conversation_is_read_page_by_page_both_ways(team: Team) -> None:
    """The newest first; next to a message, the ones before and the ones after; none twice, none left out."""
    said = [text for _sender, text in SAID]
    newest = open_conversation(team.lead, team.bobs)
    assert texts(newest) == said[-100:]
    assert (newest.total, newest.more_before, newest.more_after) == (250, True, False)
    assert (newest.customer, newest.login, newest.name, newest.is_own) == ("小河", "bob", "Bob", False)
    middle = open_conversation(team.lead, team.bobs, before=newest.messages[0].id)
    assert texts(middle) == said[50:150]
    assert (middle.more_before, middle.more_after) == (True, True)
    first = open_conversation(team.lead, team.bobs, before=middle.messages[0].id)
    assert texts(first) == said[:50]
    assert (first.more_before, first.more_after) == (False, True)
    again = open_conversation(team.lead, team.bobs, after=first.messages[-1].id, limit=10)
    assert texts(again) == said[50:60]
    nothing = open_conversation(team.lead, team.bobs, before=first.messages[0].id)
    assert (nothing.messages, nothing.more_before, nothing.more_after) == ((), False, False)
    assert [message.sender for message in first.messages[:2]] == [CUSTOMER, STAFF]
    assert texts(open_conversation(team.lead, team.bobs, after=-(10**30))) == said[:100]
    assert texts(open_conversation(team.lead, team.bobs, before=10**30)) == said[-100:]


@pytest.mark.parametrize(("asked", "given"), [(-5, 1), (0, 1), (1, 1), (10**9, 250)])
def test_a_page_is_neither_empty_nor_endless(team: Team, asked: int, given: int) -> None:
    """Whatever is asked for."""
    assert len(open_conversation(team.lead, team.bobs, limit=asked).messages) == given
    conversation("bob", "小河", *SAID * 2)
    assert len(open_conversation(team.lead, team.bobs, limit=10**9).messages) <= 500


def test_a_colleagues_conversation_is_one_entry_in_a_session(team: Team) -> None:
    """However often it is opened and paged through; in another session it is another one, as is another conversation."""
    for _time in range(3):
        page = open_conversation(team.lead, team.bobs)
        open_conversation(team.lead, team.bobs, before=page.messages[0].id)
    entry = ("lead", "chat.read", "bob", {"customer": "小河", "messages": 250})
    assert log() == [entry]
    open_conversation(signed_in("lead"), team.bobs)
    assert log() == [entry, entry]
    other = conversation("bob", "Mei", (CUSTOMER, "hello"))
    open_conversation(team.lead, other)
    assert log()[2:] == [("lead", "chat.read", "bob", {"customer": "Mei", "messages": 1})]


def test_ones_own_is_read_without_a_trace(team: Team) -> None:
    """Nothing at all is written, whatever one may read beside that."""
    ((before,),) = db.rows("SELECT count(*) FROM audit_entry")
    changes = db.database.connection().total_changes
    for actor, identity in ((team.lead, team.own), (team.bob, team.bobs), (team.far, team.fars)):
        assert open_conversation(actor, identity).is_own
        assert find(actor, Filter(words="line", staff_id=actor.staff_id)) is not None
    find(team.bob, Filter(words="line"))
    assert db.rows("SELECT count(*) FROM audit_entry") == [(before,)]
    assert db.database.connection().total_changes == changes


def test_the_console_leaves_an_entry_each_time(team: Team, little_shop: Founded) -> None:
    """It has no session, and owns no conversation: its openings and each page of its searches."""
    for _time in range(2):
        open_conversation(CONSOLE, team.bobs)
    page = find(CONSOLE, Filter(words="line"), limit=5)
    find(CONSOLE, Filter(words="line"), before=page.before, limit=5)
    entry = (CONSOLE.name, "chat.read.all", "bob", {"customer": "小河", "messages": 250})
    search = (CONSOLE.name, "chat.search.all", "Little Shop", {"words": "line", "found": "5+"})
    assert log() == [entry, entry, search, search]


def test_guessing_numbers_tells_nothing(team: Team) -> None:
    """Whether there is such a conversation, and whose, is in neither the refusal nor the entry: both are the same for all."""
    told = set()
    for actor in (team.bob, team.lead):
        for identity in (team.fars, 999_999, 0, -1, 2**63, -(2**70)):
            with pytest.raises(NotAllowed) as refused:
                open_conversation(actor, identity)
            (_who, action, label, new) = log()[-1]
            assert label == f"#{identity}"
            told.add((actor.name, action, refused.value.permission, json.dumps(new)))
    assert {(name, action, code) for name, action, code, _new in told} == {
        ("bob", "act.refuse", "chat.record.team"),
        ("lead", "act.refuse", "chat.record.all"),
    }
    assert len(told) == 2
    for actor in (CONSOLE, signed_in("owner")):
        with pytest.raises(Unknown):
            open_conversation(actor, 999_999)


def test_an_extra_that_ends_while_one_reads_ends_the_reading(little_shop: Founded, watch: Watch) -> None:
    """The next page is refused, and so is the next page of a search; the refusal is in the log."""
    team = Team(little_shop, until=watch.now + DAY)
    page = open_conversation(team.lead, team.bobs)
    found = find(team.lead, Filter(words="line"), limit=5)
    assert found.more
    watch.now += DAY + 1
    with pytest.raises(NotAllowed):
        open_conversation(team.lead, team.bobs, before=page.messages[0].id)
    assert log()[-1][:2] == ("lead", "act.refuse")
    rest = find(team.lead, Filter(words="line"), before=found.before)
    assert {hit.conversation_id for hit in rest.hits} <= {team.own}
    assert open_conversation(team.lead, team.own).messages


def test_whoever_moves_away_is_out_of_reach_with_the_next_page(team: Team) -> None:
    """Having opened it before in the session opens nothing again; having moved back does."""
    page = open_conversation(team.lead, team.bobs)
    staff.move(CONSOLE, team.bob.staff_id or 0, None)
    with pytest.raises(NotAllowed):
        open_conversation(team.lead, team.bobs, before=page.messages[0].id)
    assert {hit.conversation_id for hit in find(team.lead, Filter(words="line")).hits} == {team.own}
    staff.move(CONSOLE, team.bob.staff_id or 0, team.place)
    assert open_conversation(team.lead, team.bobs, before=page.messages[0].id).messages
    assert len(log("chat.read")) == 1


def test_a_locked_or_ended_session_reads_nothing(team: Team) -> None:
    """Not even one's own; and whoever is frozen is out at once."""
    presence.lock(team.lead)
    for identity in (team.own, team.bobs):
        with pytest.raises(SessionLocked):
            open_conversation(team.lead, identity)
    with pytest.raises(SessionLocked):
        find(team.lead, Filter(words="line"))
    staff.freeze(CONSOLE, team.bob.staff_id or 0)
    with pytest.raises(SessionEnded):
        open_conversation(team.bob, team.bobs)


def test_what_cannot_be_written_down_is_not_read(team: Team) -> None:
    """A full disk shows nobody a colleague's conversation; one's own needs no room."""
    with mock.patch("models.operations._operation.write", side_effect=DiskFull):
        with pytest.raises(DiskFull):
            open_conversation(team.lead, team.bobs)
        with pytest.raises(DiskFull):
            find(team.lead, Filter(words="line"))
        assert open_conversation(team.lead, team.own).messages
    assert db.rows("SELECT count(*) FROM chat_opening") == [(0,)]
    assert log() == []


def test_reach_is_judged_again_where_the_entry_is_written(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever moves between looking and writing is judged by where they are then, and searched for anew."""
    looked = chat_search.search

    def moves(*asked: Any) -> Any:
        found = looked(*asked)
        monkeypatch.setattr(chat_search, "search", looked)
        db.database.rollback()  # of the reading: a move is another's transaction
        staff.move(CONSOLE, team.lead.staff_id or 0, None)
        db.database.begin("DEFERRED")
        return found

    monkeypatch.setattr(chat_search, "search", moves)
    found = find(team.lead, Filter(words="line"))
    assert {hit.conversation_id for hit in found.hits} == {team.own}
    assert log() == []


def test_two_who_open_it_at_once_in_a_session_make_one_entry(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds, where it would write its entry, that the first has."""
    silent, first = chat_reading._is_silent, [True]

    def late(actor: Actor, *rest: Any) -> bool:
        if first.pop() if first else False:
            open_conversation(actor, team.bobs)
            return False
        return silent(actor, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(db, "reading", db.connection)
        patch.setattr(chat_reading, "_is_silent", late)
        assert open_conversation(team.lead, team.bobs).messages
    assert len(log("chat.read")) == 1


def test_a_search_is_one_entry_however_many_pages(team: Team) -> None:
    """The first page makes it; who asks for a later page without it makes one, too, as does another search in between."""
    lines = Filter(words="line")
    page = find(team.lead, lines, limit=100)
    while page.more:
        page = find(team.lead, lines, before=page.before, limit=100)
    entry = ("lead", "chat.search", "Day shift", {"words": "line", "found": "100+"})
    assert log() == [entry]
    find(team.lead, Filter(words="line 00"), limit=100)
    assert log()[1:] == [("lead", "chat.search", "Day shift", {"words": "line 00", "found": 11})]
    find(team.lead, lines, before=1 << 62, limit=100)
    assert log()[2:] == [entry]
    find(signed_in("lead"), lines, before=1 << 62, limit=100)
    assert log()[3:] == [entry]


def test_the_same_search_again_is_another_entry(team: Team) -> None:
    """Only further pages go on with the one that there is."""
    for _time in range(2):
        find(team.lead, Filter(words="line"), limit=100)
    assert len(log("chat.search")) == 2


def test_a_search_says_what_was_looked_for(team: Team) -> None:
    """With the filter; a colleague out of reach stays a number."""
    since = clock.now() - DAY
    find(team.lead, Filter("line", "河", team.bob.staff_id, since, since + 2 * DAY, unanswered=False), limit=1)
    find(team.lead, Filter("line", staff_id=team.far.staff_id, unanswered=True))
    told = [new for _who, _action, _label, new in log()]
    assert told == [
        {
            "words": "line",
            "customer": "河",
            "colleague": "bob",
            "since": clock.rfc3339(since),
            "until": clock.rfc3339(since + 2 * DAY),
            "found": "1+",
        },
        {"words": "line", "colleague": f"#{team.far.staff_id}", "unanswered": True, "found": 0},
    ]
    (newest,) = audit.page(CONSOLE, audit.Wanted(action="chat.search"), limit=1).rows
    assert newest.sentence == "Searched what the team of Day shift wrote to customers"
    labels = {change.label for change in audit.entry(CONSOLE, newest.seq).changes}
    assert labels == {"Searched for", "Colleague", "Unanswered only", "Messages found"}


def test_hits_say_whose_and_where(team: Team) -> None:
    """A hit leads to its conversation."""
    (hit,) = find(CONSOLE, Filter(words="parcel")).hits
    assert hit[1:5] == (team.fars, "Mei", "far", "Far")
    assert (hit.sender, hit.text) == (CUSTOMER, "where is the parcel")
    assert texts(open_conversation(CONSOLE, hit.conversation_id, before=hit.message_id + 1)) == [hit.text]


def test_nothing_to_look_for_is_refused_before_anything_else(team: Team) -> None:
    """No entry is made of it."""
    for words in ("", " ", "a", "a b", "x" * 101):
        with pytest.raises(Invalid) as refused:
            find(team.lead, Filter(words=words))
        assert refused.value.field == "words"
    assert log() == []


def test_reading_beyond_the_team_names_what_it_took(team: Team) -> None:
    """Whoever may read everybody's uses no more than the team's permission within their team."""
    everything = AccessChange(give_extras=(ExtraGift("chat.record.all", None),))
    grants.change(CONSOLE, team.lead.staff_id or 0, everything)
    open_conversation(team.lead, team.bobs)
    open_conversation(team.lead, team.fars)
    find(team.lead, Filter(words="line"), limit=1)
    assert [action for _who, action, _label, _new in log()] == ["chat.read", "chat.read.all", "chat.search.all"]
    assert chat_scope.scope(team.lead).name == chat_scope.ALL
