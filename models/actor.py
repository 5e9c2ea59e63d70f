"""Who acts: a person in a session, or the operator at the machine's own command line."""

from __future__ import annotations

from typing import NamedTuple


class Actor(NamedTuple):
    """Whoever asks for something; every entry of the log names one.

    What an actor may do is not in here: it is read again, from the database, inside every transaction.

    Attributes:
        name: the login, or `console:<os user>`.
        staff_id: the person; None for the console, which has the owner's rights.
        session_id: the session the person acts in; None for the console.
        device: fingerprint of the device key that opened the session, "" where there is none.
        address: the client's address as sshd told it, "" at the machine itself.
    """

    name: str
    staff_id: int | None = None
    session_id: int | None = None
    device: str = ""
    address: str = ""

    @classmethod
    def console(cls, os_user: str) -> Actor:
        """The machine's operator, who has the owner's rights."""
        return cls(f"console:{os_user}")

    @property
    def is_console(self) -> bool:
        """Whether this is the operator at the machine rather than a person signed in."""
        return self.staff_id is None
