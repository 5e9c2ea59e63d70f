"""A shop whose people have talked with customers for a year, and what reading everything would find in it: the long way round."""

from __future__ import annotations

from typing import NamedTuple

from models import db, text
from models.actor import Actor
from models.queries.chats import Filter
from models.queries.departments import within
from tests import million_chats
from tests.crowd import crowd
from tests.factories import Founded, signed_in
from tests.large import tree


class Talking(NamedTuple):
    """Who reads: everybody's, a team's, their own."""

    owner: Actor
    lead: Actor
    agent: Actor

    def sees(self, actor: Actor) -> set[int]:
        """The colleagues whose conversations somebody may read."""
        if actor is self.owner:
            return {row[0] for row in db.rows("SELECT id FROM staff")}
        if actor is self.agent:
            return {actor.staff_id or 0}
        ((department_id,),) = db.rows("SELECT department_id FROM staff WHERE id = ?", (actor.staff_id,))
        inside = within(department_id)
        return {row[0] for row in db.rows("SELECT id, department_id FROM staff") if row[1] in inside or row[0] == actor.staff_id}


def talking(founded: Founded) -> Talking:
    """Fill a shop that has been founded; the lead's team is some of the people, the agent has many conversations."""
    tree(10)
    crowd(million_chats.SMALL.people)
    million_chats.chats(million_chats.SMALL)
    ((department_id,),) = db.rows("SELECT min(parent_id) FROM department WHERE parent_id IS NOT NULL")
    lead = founded.person("lead", extras=["chat.record.team"], department_id=department_id)
    return Talking(founded.owner, lead, signed_in("person00001"))


class Everything:
    """All that was said, read once, to look through in the simplest way."""

    def __init__(self) -> None:
        found = db.rows("SELECT id, customer, staff_id, waiting_since FROM conversation ORDER BY last_at DESC, id DESC")
        self._conversations = [(identity, text.key(customer), staff_id, waiting) for identity, customer, staff_id, waiting in found]
        said = db.rows("SELECT id, conversation_id, at / 1000, text FROM message ORDER BY id DESC")
        self._messages = [(number, identity, at, text.key(words)) for number, identity, at, words in said]

    def conversations(self, sees: set[int], wanted: Filter) -> list[int]:
        """What a list has to show, in its order."""
        since, until = _milliseconds(wanted)
        in_time = {identity for _number, identity, at, _said in self._messages if since <= at <= until}
        return [identity for identity in self._let_through(sees, wanted) if identity in in_time]

    def messages(self, sees: set[int], wanted: Filter) -> list[int]:
        """What a search has to find, the newest first."""
        since, until = _milliseconds(wanted)
        inside, words = set(self._let_through(sees, wanted)), text.key(wanted.words).split()
        return [
            number
            for number, identity, at, said in self._messages
            if since <= at <= until and identity in inside and all(word in said for word in words)
        ]

    def _let_through(self, sees: set[int], wanted: Filter) -> list[int]:
        return [
            identity
            for identity, customer, staff_id, waiting in self._conversations
            if staff_id in sees
            and wanted.staff_id in {None, staff_id}
            and text.key(wanted.customer) in customer
            and (not wanted.unanswered or waiting is not None)
        ]


def _milliseconds(wanted: Filter) -> tuple[int, int]:
    return (wanted.since or 0) // 1000, (1 << 62 if wanted.until is None else wanted.until) // 1000
