"""Customers' conversations with staff, their messages, and who opened a colleague's."""

from __future__ import annotations

from peewee import SQL, AutoField, Check, CompositeKey, ForeignKeyField, IntegerField, TextField

from models.tables._base import Table
from models.tables.staff import Session, Staff


class Conversation(Table):
    """What one customer and one colleague wrote to each other, from the first message on.

    `search` is what the customer is found by; `waiting_since` is when the customer wrote what nobody has answered yet: the first message
    after the colleague's last one, None where the colleague had the last word. What is said automatically answers nothing.
    """

    id = AutoField()
    customer = TextField()
    search = TextField()
    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    first_at = IntegerField()
    last_at = IntegerField()
    messages = IntegerField(constraints=[Check("messages > 0")])
    waiting_since = IntegerField(null=True)

    class Meta:
        constraints = (Check("first_at <= last_at"),)


Conversation.add_index(Conversation.index(Conversation.customer, Conversation.staff, unique=True, name="conversation_between"))
Conversation.add_index(Conversation.index(Conversation.last_at, Conversation.id, name="conversation_last"))
Conversation.add_index(Conversation.index(Conversation.staff, Conversation.last_at, Conversation.id, name="conversation_staff_last"))
Conversation.add_index(
    Conversation.index(
        Conversation.staff, Conversation.waiting_since, Conversation.id, where=SQL("waiting_since IS NOT NULL"), name="conversation_waiting"
    )
)


class Message(Table):
    """One message. Never changed, never deleted.

    `id` rises with `at` (`models.rules.chat_index.lowest_number`), whenever the message came in; `ref` is what the program that brought it
    calls it.
    """

    id = IntegerField(primary_key=True)
    conversation = ForeignKeyField(Conversation, on_delete="RESTRICT", index=False)
    ref = TextField()
    at = IntegerField()
    sender = TextField(constraints=[Check("sender IN ('customer', 'staff', 'auto')")])
    text = TextField()


Message.add_index(Message.index(Message.ref, unique=True, name="message_ref"))
Message.add_index(Message.index(Message.conversation, Message.id, name="message_conversation"))


class ChatOpening(Table):
    """A colleague's conversation that was opened in a session: the log says so once, not with every page."""

    session = ForeignKeyField(Session, on_delete="RESTRICT", index=False)
    conversation = ForeignKeyField(Conversation, on_delete="RESTRICT", index=False)
    at = IntegerField()

    class Meta:
        primary_key = CompositeKey("session", "conversation")
