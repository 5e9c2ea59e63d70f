"""What every screen is."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models.actor import Actor
from models.errors import DiskFull, OwnAccount, SessionEnded, ShopstaffError, Taken
from models.i18n import N_, _
from screens.base import BareScreen, DeskScreen, DetailScreen, scheduled
from screens.dialogs.ask import Ask
from screens.dialogs.choose import Choose, Option
from screens.dialogs.confirm import Confirm
from screens.widgets import words
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid, settle

HOSTILE = "王[/]伟[bold"


class People(DeskScreen):
    """A section with a list, and something that takes a permission."""

    SECTION = "staff"
    ABOUT = N_("Everybody who works here.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New")),
        Binding("f", "freeze", N_("Freeze"), tooltip=N_("Shuts a person out at once.")),
        Binding("d", "dim", N_("Dimmed")),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"freeze": "staff.freeze"}

    def __init__(self) -> None:
        super().__init__()
        self.error: ShopstaffError | None = None
        self.answers: list[object] = []
        self.reloads = 0
        self.pointed_at: dict[str, object] = {}

    def compose_content(self) -> ComposeResult:
        """A list."""
        rows = [Row(place, (f"person {place}",)) for place in range(3)]
        yield ListView(Column("name", N_("Name"), keep=ALWAYS), source=ListSource(rows))

    def reload(self) -> None:
        """Count."""
        self.reloads += 1

    def arrive(self, **where: object) -> None:
        """Note it."""
        self.pointed_at = where

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One action can be seen and not be done."""
        return None if action == "dim" else super().check_action(action, parameters)

    def action_dim(self) -> None:
        """Never runs."""
        raise AssertionError

    def action_new(self) -> None:
        """Open a form."""
        scheduled(self.app.push_screen(Person()))

    @work(exclusive=True, group="change")
    async def action_freeze(self) -> None:
        """Ask first."""
        question = f"Freeze {HOSTILE}?"
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Freeze"))):
            with self.refusals_shown():
                self.answers.append(await self.ask(self.refuse, 7))

    def refuse(self, actor: Actor, number: int) -> str:
        """An operation."""
        if self.error is not None:
            raise self.error
        return f"{actor.name} {number}"


class Person(DetailScreen):
    """A form on top of it."""

    def heading(self) -> str:
        """Data."""
        return HOSTILE

    def would_lose(self) -> str:
        """Whatever was typed."""
        return "Discard it?" if self.query_one(Form).is_changed else ""

    def compose_content(self) -> ComposeResult:
        """Two fields."""
        yield Form(Field("login", "Login"), Field("name", "Full name", limit=5))

    @on(Form.Submitted)
    @work
    async def _save(self, event: Form.Submitted) -> None:
        with self.refusals_shown(event.form):
            raise Taken("login", event.form.text("login"))


async def test_what_one_may_not_do_is_not_offered(desk: DeskFactory) -> None:
    """Without the permission the key is not in the bar, does nothing and is no command; with it, it is all three."""
    async with desk(People) as (app, pilot):
        assert "Freeze" not in grid(app)
        await pilot.press("f")
        assert not app.screen.is_modal
    async with desk(People, may={"staff.freeze"}) as (app, pilot):
        assert "f Freeze" in grid(app)
        await pilot.press("f")
        await settle(pilot)
        assert app.screen.is_modal


async def test_what_cannot_be_done_now_is_shown_and_does_nothing(desk: DeskFactory) -> None:
    """`None` from check_action dims."""
    async with desk(People) as (app, pilot):
        assert "d Dimmed" in grid(app)
        await pilot.press("d")
        await settle(pilot)
        assert app.is_running


@pytest.mark.parametrize(("keys", "answer"), [("y", True), ("enter", False), ("escape", False), ("f", None), ("tab enter", True)])
async def test_a_confirmation_is_not_given_by_accident(desk: DeskFactory, keys: str, *, answer: bool | None) -> None:
    """Cancel has the focus, so Enter says no; the key that asked does nothing; y, or Enter on Yes, says yes."""
    async with desk(People, may={"staff.freeze"}) as (app, pilot):
        people = app.screen
        assert isinstance(people, People)
        await pilot.press("f")
        await settle(pilot)
        assert HOSTILE in grid(app)
        await pilot.press(*keys.split())
        await settle(pilot)
        assert people.answers == (["alice 7"] if answer else [])
        assert app.screen.is_modal is (answer is None)


@pytest.mark.parametrize("error", [OwnAccount(), DiskFull(), Taken("nowhere", HOSTILE)])
async def test_a_refusal_is_told_in_passing(desk: DeskFactory, error: ShopstaffError) -> None:
    """What is refused and belongs to no field stands in a toast, as it is, and the screen goes on."""
    async with desk(People, may={"staff.freeze"}, size=(100, 30)) as (app, pilot):
        people = app.screen
        assert isinstance(people, People)
        people.error = error
        await pilot.press("f", "y")
        await settle(pilot)
        assert str(error).split(".")[0][:25] in grid(app)
        assert people.answers == []
        assert app.screen is people


async def test_a_session_that_ended_closes_everything(desk: DeskFactory) -> None:
    """Whatever is open is gone, and nobody is signed in."""
    async with desk(People, may={"staff.freeze"}) as (app, pilot):
        people = app.screen
        assert isinstance(people, People)
        people.error = SessionEnded()
        await pilot.press("f", "y")
        await settle(pilot)
        assert app.actor is None
        assert isinstance(app.screen, BareScreen)
        await pilot.press("4", "1")
        assert isinstance(app.screen, BareScreen)


async def test_digits_open_sections_and_never_shift(desk: DeskFactory) -> None:
    """4 is the staff whether Roles is shown or not; a digit without a section does nothing."""
    async with desk(People) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        assert app.current_mode == "me"
        await pilot.press("4")
        await settle(pilot)
        assert isinstance(app.screen, People)
        for digit in "8567":
            await pilot.press(digit)
        assert app.current_mode == "staff"


async def test_coming_back_reads_again(desk: DeskFactory) -> None:
    """Once when it is opened, once whenever something over it was closed."""
    async with desk(People) as (app, pilot):
        people = app.screen
        assert isinstance(people, People)
        assert people.reloads == 1
        await pilot.press("n", "escape")
        await settle(pilot)
        assert people.reloads == 2


async def test_a_letter_typed_is_never_a_shortcut(desk: DeskFactory) -> None:
    """In a field, q, digits, ? and : are text; palette and leaving have keys that are not."""
    async with desk(People) as (app, pilot):
        await pilot.press("n")
        await settle(pilot)
        assert HOSTILE in grid(app).splitlines()[0]
        await pilot.press("q", "4", "question_mark", "colon", "n", "slash")
        assert app.screen.query_one(Form).text("login") == "q4?:n/"
        assert "ctrl+q" in grid(app).splitlines()[-1]
        await pilot.press("ctrl+p")
        await settle(pilot)
        assert isinstance(app.screen, Choose)


async def test_what_is_wrong_stands_beside_its_field(desk: DeskFactory) -> None:
    """What was typed stays, the focus is in the field, and the line goes when the form is sent again."""
    async with desk(People) as (app, pilot):
        await pilot.press("n", *"bob", "enter", *"Bob", "enter")
        await settle(pilot)
        form = app.screen.query_one(Form)
        assert "✗ “bob” is taken." in grid(app)
        assert form.text("login") == "bob"
        login = form.control_named("login")
        assert login is not None
        assert login.has_focus_inside()


async def test_what_is_too_long_is_kept_and_said(desk: DeskFactory) -> None:
    """Nothing is cut off silently, and nothing is sent while it is too long."""
    async with desk(People) as (app, pilot):
        await pilot.press("n", "tab", *"Robert")
        await settle(pilot)
        assert "At most 5 characters; this has 6." in grid(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "is taken" not in grid(app)
        assert app.screen.query_one(Form).text("name") == "Robert"
        await pilot.press("backspace")
        await settle(pilot)
        assert "At most" not in grid(app)


async def test_leaving_a_form_asks_only_when_something_was_typed(desk: DeskFactory) -> None:
    """Esc goes back at once, or after a question; no keeps what was typed."""
    async with desk(People) as (app, pilot):
        await pilot.press("n", "x", "escape")
        await settle(pilot)
        assert "Discard it?" in grid(app)
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen.query_one(Form).text("login") == "x"
        await pilot.press("ctrl+q")
        await settle(pilot)
        assert "Discard it?" in grid(app), "leaving altogether asks too"
        await pilot.press("y")
        await settle(pilot)
        assert app.actor is None


async def test_the_palette_finds_and_runs_what_can_be_done_here(desk: DeskFactory) -> None:
    """By name, for the screen under it; sections are in it, Textual's own commands are not."""
    async with desk(People, may={"staff.freeze"}) as (app, pilot):
        await pilot.press("colon")
        await settle(pilot)
        picture = grid(app)
        assert "Go to Me" in picture
        assert "Theme" not in picture
        await pilot.press(*"freez", "enter")
        await settle(pilot)
        assert isinstance(app.screen, Confirm)
        await pilot.press("escape", "ctrl+p", *"go to me", "enter")
        await settle(pilot)
        assert app.current_mode == "me"


async def test_help_says_what_can_be_done_here(desk: DeskFactory) -> None:
    """Also what is not in the key bar, and what it means."""
    async with desk(People, may={"staff.freeze"}) as (app, pilot):
        await pilot.press("question_mark")
        await settle(pilot)
        picture = grid(app)
        assert "Everybody who works here." in picture
        assert "Shuts a person out at once." in picture
        assert "A page down" in picture
        await pilot.press("escape")
        assert isinstance(app.screen, People)


async def test_a_section_can_be_pointed_at_something(desk: DeskFactory) -> None:
    """Whatever was open over it is closed."""
    async with desk(People) as (app, pilot):
        people = app.screen
        assert isinstance(people, People)
        await pilot.press("n")
        await settle(pilot)
        app.go("staff", status="invited")
        await settle(pilot)
        assert app.screen is people
        assert people.pointed_at == {"status": "invited"}


async def test_another_language_is_spoken_at_once(desk: DeskFactory) -> None:
    """What is in front is said again, in Chinese, and the list is still there."""
    async with desk(People) as (app, pilot):
        app.set_language("zh")
        await settle(pilot)
        assert "离开" in grid(app) or "q " in grid(app)
        assert "person 0" in grid(app)
        await pilot.press("9")
        await settle(pilot)
        assert app.current_mode == "me"


@pytest.mark.parametrize("size", [(60, 20), (40, 10), (20, 4), (1, 1)])
async def test_a_small_terminal_is_told_of_and_works(desk: DeskFactory, size: tuple[int, int]) -> None:
    """From 60 by 20 everything can be reached; below that nothing breaks."""
    async with desk(People, may={"staff.freeze"}, size=size) as (app, pilot):
        if size == (60, 20):
            assert "60×20 is small" in grid(app)
            assert "person 2" in grid(app)
        await pilot.press("f", "y")
        await settle(pilot)
        people = app.screen
        assert isinstance(people, People)
        assert people.answers == ["alice 7"]


class Asking(BareScreen):
    """Something to choose, and a line to type."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "choose", "Choose"), Binding("a", "ask", "Ask")]

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[object] = []

    def compose_content(self) -> ComposeResult:
        """Words."""
        yield Static(words.plain(HOSTILE))

    @work
    async def action_choose(self) -> None:
        """Out of many."""
        options = [Option(place, f"Option {place} {HOSTILE}", also="李雷" if place == 25 else "") for place in range(30)]
        answer = await self.app.push_screen_wait(Choose("Which?", options, current=3))
        self.answers.append(answer)

    @work
    async def action_ask(self) -> None:
        """One line."""

        def check(text: str) -> None:
            if text == "bad":
                raise Taken("name", text)

        answer = await self.app.push_screen_wait(Ask("A name", label="Name", check=check, limit=10))
        self.answers.append(answer)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ("enter", 3),
        ("down down enter", 5),
        ("2 9 enter", 29),
        ("o p t space 1 2 enter", 12),
        ("李 雷 enter", 25),
        ("escape", None),
        ("z z enter escape", None),
    ],
)
async def test_choosing_by_arrows_or_by_typing(desk: DeskFactory, keys: str, answer: int | None) -> None:
    """It starts on what is chosen now; typing searches; nothing found chooses nothing."""
    async with desk(Asking) as (app, pilot):
        asking = app.screen
        assert isinstance(asking, Asking)
        await pilot.press("c")
        await settle(pilot)
        await pilot.press(*keys.split())
        await settle(pilot)
        assert asking.answers == [answer]


async def test_asking_keeps_what_cannot_be_used(desk: DeskFactory) -> None:
    """The reason stands below the line, and what was typed stays."""
    async with desk(Asking) as (app, pilot):
        asking = app.screen
        assert isinstance(asking, Asking)
        await pilot.press("a")
        await settle(pilot)
        await pilot.press(*"bad", "enter")
        await settle(pilot)
        assert "“bad” is taken." in grid(app)
        await pilot.press(*"ly", "enter")
        await settle(pilot)
        assert asking.answers == ["badly"]


async def test_colours_turn_from_dark_to_light(desk: DeskFactory) -> None:
    """By a key and by a command."""
    async with desk(People) as (app, pilot):
        assert app.theme == "shopstaff-dark"
        await pilot.press("ctrl+t")
        assert app.theme == "shopstaff-light"
        await pilot.press("ctrl+p", *"light", "enter")
        await settle(pilot)
        assert app.theme == "shopstaff-dark"


@pytest.mark.parametrize(
    ("environment", "plain"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm"}, True),
        ({"TERM": "linux"}, True),
        ({}, True),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}, True),
    ],
)
async def test_a_terminal_with_few_colours_keeps_its_own(
    desk: DeskFactory, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, plain: bool
) -> None:
    """Sixteen or none: the terminal's own, on its own background; the bar is reversed, so it is seen without any."""
    for name in ("TERM", "COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with desk(People) as (app, pilot):
        assert app.native_ansi_color is plain
        bar = app.screen.query_one(ListView).render_line(1)
        style = next(iter(bar)).style
        assert style is not None
        assert style.reverse
        await pilot.press("ctrl+t")
        assert (app.theme == "shopstaff-plain") is plain


async def test_leaving_asks_for_what_was_typed_in_another_section(desk: DeskFactory) -> None:
    """A form that was left half-filled two sections ago is not forgotten."""
    async with desk(People) as (app, pilot):
        await pilot.press("n", "x")
        app.go("me")
        await settle(pilot)
        assert app.current_mode == "me"
        await pilot.press("q")
        await settle(pilot)
        assert "Discard it?" in grid(app)
        await pilot.press("escape")
        await settle(pilot)
        assert app.actor is not None
        app.set_language("zh")
        await settle(pilot)
        app.go("staff")
        await settle(pilot)
        assert app.screen.query_one(Form).text("login") == "x"


async def test_what_was_taken_away_meanwhile_is_no_longer_offered(desk: DeskFactory) -> None:
    """Access is read again whenever a section comes to the front."""
    async with desk(People, may={"staff.freeze"}) as (app, pilot):
        app._may = frozenset({"staff.view"})
        await pilot.press("9", "4")
        await settle(pilot)
        assert "Freeze" not in grid(app)
        await pilot.press("f")
        await settle(pilot)
        assert not app.screen.is_modal


async def test_whoever_was_signed_out_from_elsewhere_is_told(desk: DeskFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next section that is opened closes everything."""
    async with desk(People) as (app, pilot):

        def ended() -> None:
            raise SessionEnded

        monkeypatch.setattr(app, "read_access", ended)
        await pilot.press("9")
        await settle(pilot)
        assert app.actor is None
        assert isinstance(app.screen, BareScreen)


async def test_help_and_leaving_are_commands_too(desk: DeskFactory) -> None:
    """A command that opens a dialog of its own opens it when the palette is gone."""
    async with desk(People) as (app, pilot):
        await pilot.press("ctrl+p", *"help", "enter")
        await settle(pilot)
        assert "What can be done here" in grid(app)
        await pilot.press("escape", "ctrl+p", *"leave", "enter")
        await settle(pilot)
        assert app.actor is None
