"""What is typed faster than it is handled goes where it would have gone, typed slowly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from screens.base import BareScreen
from screens.dialogs.confirm import Confirm
from screens.widgets.field import Field
from screens.widgets.form import Form
from tui.typeahead import PatientApp


class Asking(BareScreen):
    """A form that asks when it is submitted."""

    def compose_content(self) -> ComposeResult:
        """Two fields."""
        yield Form(Field("login", "Login"), Field("password", "Password", password=True))

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Form).controls[0].focus_control()

    def on_form_submitted(self) -> None:
        """Ask."""
        self.app.push_screen(Confirm("Sure?"), self.answered.append)

    def __init__(self) -> None:
        super().__init__()
        self.answered: list[bool | None] = []


class Program(PatientApp):
    """A program with one screen, and nothing to say of the clock."""

    clock_behind = False
    log_damaged = False
    room_little = False

    def get_default_screen(self) -> Screen[Any]:
        """The form."""
        return Asking()


def burst(app: Program, *keys: str) -> None:
    """Let keys arrive in one piece, as from a slow line."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def typed(pilot: Pilot[Any]) -> list[str]:
    """What stands in the fields once everything is handled."""
    app = pilot.app
    for _round in range(3):
        await pilot.pause()
    return [str(field.value) for field in app.screen_stack[0].query(Field)]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program."""
    return Program(tmp_path)


async def test_a_password_behind_a_tab_is_not_typed_into_the_login(program: Program) -> None:
    """Login, Tab and password in one piece: each goes into its own field."""
    async with program.run_test() as pilot:
        burst(program, *"alice", "tab", *"secret")
        assert await typed(pilot) == ["alice", "secret"]


async def test_enter_goes_on_before_the_next_letter(program: Program) -> None:
    """Enter moves the focus by way of three messages, and a letter behind it waits for them."""
    async with program.run_test() as pilot:
        burst(program, *"alice", "enter", *"sec", "backspace", "t")
        assert await typed(pilot) == ["alice", "set"]


async def test_what_is_typed_behind_a_question_answers_it(program: Program) -> None:
    """A dialog that a key opens gets the keys that come after it, not the field below."""
    async with program.run_test() as pilot:
        burst(program, *"a", "enter", *"b", "enter", "y")
        assert await typed(pilot) == ["a", "b"]
        (screen,) = program.screen_stack
        assert isinstance(screen, Asking)
        assert screen.answered == [True]


async def test_what_is_pasted_keeps_its_place_between_keys(program: Program) -> None:
    """A paste is one event among keys, and goes where it was made."""
    async with program.run_test() as pilot:
        burst(program, "a", "tab")
        program.post_message(events.Paste("secret"))
        burst(program, "shift+tab", "b")
        assert await typed(pilot) == ["ab", "secret"]


async def test_nothing_is_lost_and_nothing_overtakes(program: Program) -> None:
    """Letters stay in their order through any number of steps to another field and back."""
    async with program.run_test() as pilot:
        for place in range(50):
            burst(program, *f"{place},", *["tab", "shift+tab"][: 2 * (place % 2)])
        for _round in range(10):
            await pilot.pause()
        assert (await typed(pilot))[0] == "".join(f"{place}," for place in range(50))
