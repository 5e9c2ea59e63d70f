"""Conversations for tests that are about something else: written straight into the tables, as taking them in leaves them."""

from __future__ import annotations

from itertools import count

from models import clock, db, text
from models.rules import chat_index
from models.tables import Conversation, Message, Staff

CUSTOMER, STAFF, AUTO = "customer", "staff", "auto"

_refs = count(1)


def conversation(login: str, customer: str, *said: tuple[str, str], at: int | None = None, apart: int = clock.MINUTE) -> int:
    """What a customer and a colleague wrote to each other: senders and texts, `apart` microseconds from each other; its id.

    Args:
        at: of the first message, UTC microseconds; an hour ago without it. A conversation that is there goes on.
    """
    staff_id = Staff.get(Staff.login == login).id
    first = clock.now() - clock.HOUR if at is None else at
    found = Conversation.get_or_none((Conversation.customer == customer) & (Conversation.staff == staff_id))
    with db.transaction():
        if found is None:
            found = Conversation.create(
                customer=customer, search=text.key(customer), staff=staff_id, first_at=first, last_at=first, messages=1
            )
        for place, (sender, words) in enumerate(said):
            _write(found.id, staff_id, first + place * apart, sender, words)
        _sum_up(found.id)
    return int(found.id)


def _write(conversation_id: int, staff_id: int, at: int, sender: str, words: str) -> None:
    low, high = chat_index.lowest_number(at), chat_index.highest_number(at)
    ((last,),) = db.rows("SELECT max(id) FROM message WHERE id BETWEEN ? AND ?", (low, high))
    number = low if last is None else last + 1
    Message.insert(id=number, conversation=conversation_id, ref=f"t-{next(_refs)}", at=at, sender=sender, text=words).execute()
    db.database.execute_sql(
        "INSERT INTO message_text (rowid, text, whose) VALUES (?, ?, ?)", (number, chat_index.tokens(words), chat_index.whose(staff_id))
    )


def _sum_up(conversation_id: int) -> None:
    db.database.execute_sql(
        """
        UPDATE conversation SET
            first_at = (SELECT min(at) FROM message WHERE conversation_id = ?1),
            last_at = (SELECT max(at) FROM message WHERE conversation_id = ?1),
            messages = (SELECT count(*) FROM message WHERE conversation_id = ?1),
            waiting_since = (
                SELECT min(at) FROM message WHERE conversation_id = ?1 AND sender = 'customer' AND id > coalesce(
                    (SELECT max(id) FROM message WHERE conversation_id = ?1 AND sender = 'staff'), 0))
        WHERE id = ?1
        """,
        (conversation_id,),
    )
