"""The command line, read in full: which command, and who acts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from models.actor import Actor
from tui.cli import opening
from tui.cli.check import Asked, run as run_check
from tui.cli.console import Console
from tui.cli.faults import guarded
from tui.cli.parser import build
from tui.language import of_console, speak
from tui.machine import operator as os_user

if TYPE_CHECKING:
    from tui.doctor.sight import Root


def run(words: Sequence[str], home: str, *, operator: str = "", root: Root | None = None) -> int:
    """Do what the command line says.

    Args:
        home: the data folder, read from `words` already.
        operator: who ran this as root, "" for nobody.
        root: for `doctor`, what root was told before it became the owner of the data folder.

    Returns:
        The exit code.
    """
    speak(of_console(os.environ, lambda: None))
    try:
        asked = build().parse_args(words)
    except SystemExit as done:  # argparse has said what there is to say
        return int(done.code or 0)
    if asked.command in {None, "demo"}:
        return opening.run(home, sample=asked.command == "demo", operator=operator)
    if asked.command == "check":
        return run_check(home, Asked(asked.login, asked.permission, asked.why, asked.json, asked.act), operator=operator)
    console = Console(asked, Path(home), Actor.console(os_user(operator)))
    if asked.command == "doctor" and not (asked.clock or asked.free or asked.index or asked.journal):
        from tui.cli.doctor import examine  # here, because no other command looks at so much

        return guarded(lambda: examine(console, root), home)
    module, _, name = asked.run.partition(":")
    return guarded(lambda: int(getattr(import_module(module), name)(console)), home)
