"""What may be run by a key, by markup and by whoever calls it: every action of Textual's is looked at, one by one."""

from __future__ import annotations

import os
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from textual.app import App
from textual.dom import DOMNode
from textual.widgets import Static

import screens
import tui.app
from screens.widgets.entry import Entry
from tests.tui.victim import Victim
from tui.hardening import OFFERED, HardenedApp, offered

MOVING = {f"scroll_{way}" for way in ("up", "down", "left", "right", "home", "end")} | {
    f"page_{way}" for way in ("up", "down", "left", "right")
}
CURSOR = {f"cursor_{way}" for way in ("left", "right")}
DELETING = {"delete_left", "delete_right"}

MAY = {
    "App": {"focus_next", "focus_previous"},
    "Widget": MOVING,
    "Input": {
        *CURSOR,
        *DELETING,
        *("cursor_left_word", "cursor_right_word", "delete_left_word", "delete_right_word", "delete_left_all", "delete_right_all"),
        *("home", "end", "paste", "select_all", "submit"),
    },
    "TextArea": {
        *CURSOR,
        *DELETING,
        *("cursor_up", "cursor_down", "cursor_line_start", "cursor_line_end", "cursor_page_up", "cursor_page_down"),
        *("cursor_word_left", "cursor_word_right", "delete_word_left", "delete_word_right", "delete_line"),
        *("delete_to_start_of_line", "delete_to_end_of_line", "delete_to_end_of_line_or_delete_line"),
        *("copy", "cut", "paste", "undo", "redo", "select_all", "select_line"),
    },
}
"""By the class that brings them: what a key may do. Moving about, and typing."""

MAY_NOT = {
    "App": {
        *("back", "push_screen", "pop_screen", "switch_screen", "switch_mode"),
        *("add_class", "remove_class", "toggle_class", "toggle_dark", "change_theme"),
        *("bell", "focus", "quit", "simulate_key", "screenshot", "suspend_process"),
        *("command_palette", "show_help_panel", "hide_help_panel", "help_quit"),
        "notify",
    },
    "DOMNode": {"toggle"},
    "Widget": {"notify"},
    "Screen": {"blur", "copy_text", "dismiss", "focus", "maximize", "minimize"},
    "Input": {"copy", "cut"},  # ours leave passwords alone
}
"""What Textual brings beside: it steers the program, writes files, or says what somebody else wants said."""


def ours() -> set[type[DOMNode]]:
    """Every widget, screen and program of ours."""
    found: set[type[DOMNode]] = {tui.app.ShopstaffApp}
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        kept = vars(import_module(module.name)).values()
        found |= {each for each in kept if isinstance(each, type) and issubclass(each, DOMNode)}
    return found


def stock() -> dict[str, set[str]]:
    """Every action that Textual brings into a class of ours or one that ours use, by the class that brings it."""
    found: dict[str, set[str]] = {}
    for brought in {parent for each in ours() for parent in each.__mro__ if parent.__module__.startswith("textual.")}:
        names = {name.removeprefix("_").removeprefix("action_") for name in vars(brought) if name.startswith(("action_", "_action_"))}
        if names:
            found.setdefault(brought.__name__, set()).update(names)
    return found


def test_every_action_of_textuals_has_been_looked_at() -> None:
    """A new release that brings another action, or a screen that uses another widget, fails here until somebody has looked at it."""
    assert stock() == {name: MAY.get(name, set()) | MAY_NOT.get(name, set()) for name in MAY | MAY_NOT}


def test_what_is_offered_is_what_is_written() -> None:
    """Nothing more."""
    assert {name: set(actions) for name, actions in OFFERED.items()} == MAY


def test_every_action_that_a_key_of_ours_names_is_offered() -> None:
    """A binding to something that is closed would be a key that does nothing."""
    for each in ours():
        for bindings in [vars(each).get("BINDINGS", ())]:
            for binding in bindings:
                action = getattr(binding, "action", binding[1] if isinstance(binding, tuple) else "").partition("(")[0]
                space, _dot, name = action.rpartition(".")
                if each.__module__.startswith("textual.") or space == "screen":
                    continue
                node = HardenedApp.__new__(HardenedApp) if space == "app" else each.__new__(each)
                assert offered(node, name), (each, action)


@pytest.mark.parametrize("action", sorted(MAY_NOT["App"] | MAY_NOT["DOMNode"]))
async def test_a_closed_action_does_nothing(tmp_path: Path, action: str) -> None:
    """Neither through a binding or markup nor when it is called by its name."""
    app = Victim(tmp_path)
    async with app.run_test() as pilot:
        before = (app.screen, app.theme, len(app.screen_stack), set(app.screen.classes), app.screen.focused, app.is_running)
        for arguments in ["", "'x'", "'Entry', 'x'"]:
            assert not await app.run_action(f"app.{action}({arguments})")
        if action in MAY_NOT["App"]:
            assert getattr(app, f"action_{action}")("x") is None
        await pilot.pause()
        assert (app.screen, app.theme, len(app.screen_stack), set(app.screen.classes), app.screen.focused, app.is_running) == before
        assert not app._notifications
        assert not app._exit
        assert os.listdir(tmp_path) == []  # noqa: PTH208  the other way is one that blocks, by its name


@pytest.mark.parametrize("action", sorted(MAY_NOT["Screen"] | MAY_NOT["Widget"] | MAY_NOT["DOMNode"]))
async def test_a_closed_action_of_a_screen_or_widget_does_nothing(tmp_path: Path, action: str) -> None:
    """The focus stays, nothing is said, nothing is made bigger or goes away."""
    app = Victim(tmp_path)
    async with app.run_test() as pilot:
        await pilot.pause()
        before = (app.screen, app.screen.focused, app.screen.maximized, app.query_one(Entry).display)
        for arguments in ["", "'x'", "'display'", "'Hello', 'x', 'error'"]:
            assert not await app.run_action(f"screen.{action}({arguments})")
            assert not await app.run_action(f"{action}({arguments})", app.query_one(Entry))
        await pilot.pause()
        assert (app.screen, app.screen.focused, app.screen.maximized, app.query_one(Entry).display) == before
        assert not app._notifications


async def test_an_action_of_ours_and_what_is_offered_still_run(tmp_path: Path) -> None:
    """Else the tests above would say nothing."""
    app = Victim(tmp_path)
    async with app.run_test() as pilot:
        entry = app.query_one(Entry)
        entry.focus()
        await pilot.press(*"secret")
        assert await app.run_action("delete_left_all", entry)
        assert entry.value == ""
        assert await app.run_action("app.leave")
        assert app.return_value == 7


async def test_markup_runs_nothing(tmp_path: Path) -> None:
    """Not even what is ours: a click on data is a click on nothing."""
    app = Victim(tmp_path)
    async with app.run_test() as pilot:
        for action in ("app.leave", "app.screenshot", "app.bell", "screen.dismiss"):
            app.query_one(Static).update(f"[@click={action}]here[/]")
            await pilot.pause()
            await pilot.click(Static, offset=(1, 0))
            await pilot.pause()
        assert app.is_running
        assert app.return_value is None


async def test_no_command_of_textuals_is_offered(tmp_path: Path) -> None:
    """Quit, theme, keys, maximise and screenshot among them."""
    app = Victim(tmp_path)
    async with app.run_test():
        assert list(app.get_system_commands(app.screen)) == []
        assert not app.ENABLE_COMMAND_PALETTE
        assert issubclass(HardenedApp, App)
