"""Who acts: a person in a session, the operator at the machine's own command line, or somebody half way through signing in."""

from __future__ import annotations

from typing import Final, NamedTuple

_CONSOLE: Final = "console:"


class Actor(NamedTuple):
    """Whoever asks for something; every entry of the log names one.

    What an actor may do is not in here: it is read again, from the database, inside every transaction.

    Attributes:
        name: the login, or `console:<os user>`; "" for a stranger.
        staff_id: the person; None for the console, which has the owner's rights, and for a stranger.
        session_id: the session the person acts in.
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
        return cls(f"{_CONSOLE}{os_user}")

    @classmethod
    def stranger(cls, address: str = "", device: str = "") -> Actor:
        """Whoever is at the sign-in screen: nobody yet, and allowed nothing."""
        return cls("", address=address, device=device)

    @property
    def is_console(self) -> bool:
        """Whether this is the operator at the machine rather than a person signed in."""
        return self.name.startswith(_CONSOLE)  # no login can hold a colon


class Proved(NamedTuple):
    """Somebody's password was right, and a second factor is still to come.

    Attributes:
        login: whose it is; likewise `staff_id`.
        digest: what the password was compared with; when that has changed meanwhile, nothing was proved.
        at: when, UTC microseconds.
    """

    login: str
    staff_id: int
    digest: str
    at: int

    def __repr__(self) -> str:
        return f"Proved(login={self.login!r})"  # the digest belongs into no message
