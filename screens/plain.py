"""What all screens can do, whoever is or is not signed in: act in the shop, show refusals, say what can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Final, ParamSpec, TypeVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models.actor import Actor
from models.errors import Cancelled, ProofNeeded, SessionEnded, SessionLocked, ShopstaffError, Unauthorised, Wrong
from models.i18n import N_, _
from screens.desk import Desk
from screens.fitted import FittedScreen
from screens.later import later
from screens.sections import OWNER
from screens.widgets import words
from screens.widgets.form import Form
from screens.widgets.key_bar import KeyBar, hints
from screens.widgets.tab_bar import TabBar, TitleBar

if TYPE_CHECKING:
    from screens import commands
    from screens.dialogs import choose, help as help_dialog, prove
else:  # not needed before the first screen is seen
    choose, help_dialog, prove = later("screens.dialogs.choose"), later("screens.dialogs.help"), later("screens.dialogs.prove")
    commands = later("screens.commands")

P = ParamSpec("P")
T = TypeVar("T")

CLOCK_BEHIND: Final = N_(
    "The machine's clock is behind: phone codes do not work, recovery codes do. Set the clock; if it is right now, the operator runs "
    "“shopstaff doctor --clock”."
)

ROOM_LITTLE: Final = N_("Little room is left on the disk: “shopstaff doctor” says what to do.")
LOG_DAMAGED: Final = N_("The log is damaged, so nothing can be changed. “shopstaff audit verify” says what was found.")


class PlainScreen(FittedScreen):
    """What all screens can do: act in the shop, show refusals, help, commands."""

    DEFAULT_CSS = """
    PlainScreen { overflow: hidden; layout: vertical; }
    PlainScreen > .small { display: none; height: 1; width: 100%; color: $text-warning; padding: 0 1; }
    PlainScreen.-small > .small { display: block; }
    PlainScreen > .warnings { display: none; height: auto; max-height: 4; width: 100%; color: $text-warning; padding: 0 1; }
    PlainScreen.-warned > .warnings { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon,ctrl+p", "palette", N_("Commands")),
        Binding("question_mark,f1", "help", N_("Help")),
        Binding("ctrl+t", "colours", N_("Light or dark"), show=False, tooltip=N_("Colours for a light or a dark terminal.")),
        # Textual's own, which it names in English alone.
        Binding("tab", "app.focus_next", N_("Onwards"), show=False),
        Binding("shift+tab", "app.focus_previous", N_("Backwards"), show=False),
        Binding("ctrl+c,super+c", "screen.copy_text", N_("Copy what is selected"), show=False),
    ]

    NEEDS: ClassVar[dict[str, str]] = {}
    """The permission that an action takes; without it the action is not offered."""

    TAKES: ClassVar[str] = ""
    """The permission without which the screen has no purpose, and closes; "" where reading what it shows judges that."""

    ABOUT: ClassVar[str] = ""
    """What the screen is for, in a sentence for the help; marked (`N_`)."""

    FIXED: ClassVar[tuple[str, ...]] = ("palette", "help", "leave")

    _in_front = False

    # ---- composing

    def compose(self) -> ComposeResult:
        """The line at the top, the screen's own, the line at the bottom."""
        self.fit()
        yield self.compose_top()
        yield Static(words.plain(self.small_words()), classes="small")
        yield Static(words.plain(self._warnings()), classes="warnings")
        yield from self.compose_content()
        yield KeyBar(self.FIXED)

    def compose_top(self) -> TabBar | TitleBar:
        """The line at the top."""
        return TitleBar(self.heading())

    def compose_content(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def heading(self) -> str:
        """What the screen is about, where its title stands at the top; data is safe in it."""
        return ""

    def refresh_top(self) -> None:
        """Say the heading again."""
        for bar in self.query(TitleBar):
            bar.show(self.heading())

    # ---- the program around it

    @property
    def desk(self) -> Desk:
        """The program."""
        return cast("Desk", self.app)

    @property
    def actor(self) -> Actor:
        """Who is signed in.

        Raises:
            SessionEnded: nobody is.
        """
        actor = self.desk.actor
        if actor is None:
            raise SessionEnded
        return actor

    def may(self, permission: str) -> bool:
        """Whether to offer what takes that permission; the operation judges again."""
        return self.desk.may(permission)

    async def ask(self, fn: Callable[Concatenate[Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an operation as the person signed in, off the event loop: `fn(actor, *args, **kwargs)`. Only a worker can wait for it.

        Where it takes a fresh proof of who that is, the proof is asked for, and the operation run once more.

        Raises:
            Cancelled: the proof was not given; nothing was done.
        """
        try:
            return await self.desk.in_shop(fn, self.actor, *args, **kwargs)
        except ProofNeeded as needed:
            if not await self.app.push_screen_wait(prove.Prove(needed.kind)):
                raise Cancelled from None
        return await self.desk.in_shop(fn, self.actor, *args, **kwargs)

    def read(self, fn: Callable[Concatenate[Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query as the person signed in, here and now: `fn(actor, *args, **kwargs)`. For what takes milliseconds."""
        return fn(self.actor, *args, **kwargs)

    @contextmanager
    def refusals_shown(self, form: Form | None = None) -> Iterator[None]:
        """Show what is refused instead of raising it; what stands after the refused call inside the block is skipped.

        Args:
            form: where to show what is wrong beside its field; without it, the screen's first form.
        """
        try:
            yield
        except SessionEnded as ended:
            self.desk.session_ended(ended)
        except SessionLocked:
            self.desk.lock()
        except Cancelled as cancelled:
            self.toast(str(cancelled))
        except Wrong as wrong:
            if not any(shown.show(wrong) for shown in ([form] if form else self.query(Form))):
                self.toast(str(wrong), bad=True)
        except ShopstaffError as refused:
            self.toast(str(refused), bad=True)

    def toast(self, text: str, *, bad: bool = False) -> None:
        """Say something in passing. Data is safe in it."""
        self.notify(words.plain(text).plain, severity="error" if bad else "information", markup=False)

    # ---- coming and going

    def reload(self) -> None:
        """Read again what is shown; called whenever the screen comes to the front. Must not touch what is being typed."""

    def follow(self) -> None:
        """Show what has changed by itself; called every few seconds while the screen is in front, so it reads little and writes nothing.

        Raises:
            Unauthorised: the screen is about to be closed.
            SessionEnded, DataUnusable: as every read; whoever called sees to it.
        """

    def is_allowed(self) -> bool:
        """Whether the person signed in may still be here at all."""
        return not self.TAKES or self.may(self.TAKES)

    def arrive(self, **where: object) -> None:
        """Point at something: whoever opened the section with `desk.go(section, **where)` says at what."""

    def would_lose(self) -> str:
        """What would be lost by leaving now, as a question already translated; "" when nothing."""
        return ""

    @on(events.ScreenSuspend)
    def _left(self) -> None:
        self._in_front = False

    @on(events.ScreenResume)
    def _resumed(self) -> None:
        if self._in_front:
            return  # Textual says so twice when a mode is opened; once is enough to read everything
        self._in_front = True
        self.look_again()

    def look_again(self) -> None:
        """Read again what is shown and what is offered; where that is no longer allowed, close."""
        with self.refusals_shown():
            try:
                self.refresh_top()
                self.reload()
            except Unauthorised as refusal:
                self.desk.withdraw(self, str(refusal))
        self.refresh_bindings()

    async def recompose(self) -> None:
        """Make everything anew, in the language that is spoken now, and read again what it shows."""
        await super().recompose()
        with self.refusals_shown():
            self.refresh_top()
            self.reload()

    @on(events.Mount)
    def say_warnings(self) -> None:
        """Say, or no longer, that the clock cannot be right, the log is damaged, or the disk nearly full."""
        self.query_one(".warnings", Static).update(words.plain(self._warnings()))
        self.set_class(bool(self._warnings()), "-warned")

    def _warnings(self) -> str:
        desk = self.desk
        can_help = desk.room_little and (desk.actor is None or desk.may(OWNER))
        said = ((desk.log_damaged, LOG_DAMAGED), (desk.clock_behind, CLOCK_BEHIND), (can_help, ROOM_LITTLE))
        return "\n".join(_(sentence) for is_so, sentence in said if is_so)

    # ---- actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the person signed in may do."""
        needed = self.NEEDS.get(action)
        if needed is not None and not self.may(needed):
            return False
        return super().check_action(action, parameters)

    def action_colours(self) -> None:
        """Turn light to dark, or dark to light."""
        self.desk.turn_colours()

    @work(exclusive=True, group="dialog")
    async def action_palette(self) -> None:
        """Find a command by typing."""
        here = commands.of_screen(self)
        active = dict(self.active_bindings)
        picked = await self.app.push_screen_wait(choose.Choose(_("Commands"), commands.options(here, self._sections()), search=True))
        if picked is None:
            return
        if str(picked).startswith(commands.SECTION):
            self.desk.go(str(picked).removeprefix(commands.SECTION))
            return
        hint = here[int(picked)]
        node = next(each.node for each in active.values() if each.binding.action == hint.action)
        await self.app.run_action(hint.action, node)

    def _sections(self) -> list[Any]:
        return list(self.desk.sections())

    @work(exclusive=True, group="dialog")
    async def action_help(self) -> None:
        """Say what can be done here."""
        about = _(self.ABOUT) if self.ABOUT else ""
        await self.app.push_screen_wait(help_dialog.Help(hints(self.active_bindings, hidden=True), about))
