"""What screens may ask of the program around them, so that they never import it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, Protocol, TypeVar

from textual.screen import Screen

from models.actor import Actor
from models.errors import SessionEnded
from models.i18n import Language
from screens.sections import Section

if TYPE_CHECKING:
    from models.queries.devices import Knock

P = ParamSpec("P")
T = TypeVar("T")


class SampleAccount(NamedTuple):
    """An account of the sample shop, as the sign-in screen offers it.

    Attributes:
        password: in the open, which it may be nowhere else; of an account that was not activated yet, its code.
        about: who that is; marked (`N_`), translated when shown.
    """

    login: str
    password: str
    about: str


class Desk(Protocol):
    """The program, as its screens see it: `self.desk` in every one of them."""

    @property
    def actor(self) -> Actor | None:
        """Who is signed in; None on the entry screens."""
        ...

    @property
    def home(self) -> str:
        """The data folder."""
        ...

    @property
    def shop_name(self) -> str:
        """The shop's name, which strangers may see; "" where none was founded yet."""
        ...

    @property
    def at_terminal(self) -> bool:
        """Whether this is the shop's own terminal rather than a connection over SSH."""
        ...

    @property
    def operator(self) -> Actor:
        """The operator of the machine, in whose name a shop is founded."""
        ...

    @property
    def stranger(self) -> Actor:
        """Whoever is at the sign-in screen, with where they come from."""
        ...

    @property
    def comes_as(self) -> Knock | None:
        """Whose device key sshd let in here, so that nobody else signs in; None at the machine itself."""
        ...

    @property
    def way_in(self) -> str:
        """What connects to this machine over SSH, `ssh shop@counter`; "" where that is not known."""
        ...

    @property
    def terminal(self) -> str:
        """The terminal's name, by which sessions are told apart; "" when it has none."""
        ...

    @property
    def sample_accounts(self) -> Sequence[SampleAccount]:
        """The accounts of the sample shop; none in a shop of one's own."""
        ...

    def may(self, permission: str) -> bool:
        """Whether the person signed in held that permission a moment ago: for showing, never for deciding.

        `screens.sections.OWNER` in place of one asks whether it is the owner, `CHATS` whether there are conversations that they may read.
        """
        ...

    def read_access(self) -> None:
        """Read again what the person signed in may do, so that what was taken away meanwhile is no longer offered.

        Raises:
            SessionEnded: the session was ended, or the account is not active.
        """
        ...

    def open_screens(self) -> Sequence[Screen[Any]]:
        """Every screen that is open, in whatever section, the one in front first."""
        ...

    def sections(self) -> Sequence[Section]:
        """The sections that the person signed in may open."""
        ...

    def go(self, section: str, **where: object) -> None:
        """Open a section; `where` is handed to its `arrive`, to point at something in it."""
        ...

    async def in_shop(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in a thread that has the shop's data open. What it answers comes when the session is not locked."""
        ...

    def sign_in(self, actor: Actor) -> None:
        """Let `actor` in, whose session stands: to the sections, or first to what comes before them.

        Raises:
            SessionEnded: it was ended meanwhile; nobody is signed in.
        """
        ...

    def enter(self) -> None:
        """Open the sections, because what comes before them is done or was put off.

        Raises:
            SessionEnded, EnrolFirst: as every read.
        """
        ...

    def sign_out(self, reason: str = "") -> None:
        """Close everything and show the sign-in screen, with the reason on it."""
        ...

    def leave(self) -> None:
        """End the program, because nobody is signed in who could stay."""
        ...

    def session_ended(self, ended: SessionEnded) -> None:
        """Close everything because the session has ended, and show why on the sign-in screen."""
        ...

    @property
    def is_locked(self) -> bool:
        """Whether the session waits for the password, and nothing else can be done."""
        ...

    def lock(self) -> None:
        """Hide everything that is open until the password is typed; it stays as it is."""
        ...

    async def unlock(self, password: str) -> None:
        """Go on where it was locked.

        Raises:
            WrongProof, SignInLocked, SessionEnded, DataUnusable: it stays locked.
        """
        ...

    def withdraw(self, screen: Screen[Any], because: str = "") -> None:
        """Close a screen that is no longer allowed, and what is in front of it; a section gives way to the first one."""
        ...

    @property
    def clock_behind(self) -> bool:
        """Whether the machine's clock cannot be right."""
        ...

    @property
    def log_damaged(self) -> bool:
        """Whether the log was found damaged, so that nothing can be changed."""
        ...

    @property
    def room_little(self) -> bool:
        """Whether the disk is nearly full."""
        ...

    def set_language(self, language: Language) -> None:
        """Say everything in `language` from now on; screens that are open are made anew."""
        ...

    def turn_colours(self) -> None:
        """From dark to light, or back."""
        ...

    def follow_language(self) -> None:
        """Read again whose choice of language counts: the person's, else the shop's, else the environment's."""
        ...
