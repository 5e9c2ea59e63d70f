"""`shopstaff check LOGIN PERMISSION [--why] [--json]`: the exit code is the answer.

Other programs ask at every click, so nothing is imported that answering does not need; argparse reads the command line only where this
does not understand it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from models import bare, checking
from models.errors import ShopstaffError
from tui.language import of_console, speak

if TYPE_CHECKING:
    from models.checking import Answer


class Asked(NamedTuple):
    """Whether who may do what, and how the answer is to be given."""

    login: str
    permission: str
    why: bool
    json: bool


def understood(words: Sequence[str]) -> Asked | None:
    """What the plain forms of the command ask; None for everything else, which argparse will read or refuse."""
    names = [word for word in words if not word.startswith("-")]
    options = [word for word in words if word.startswith("-")]
    if len(names) != 2 or set(options) - {"--why", "--json"}:
        return None
    return Asked(names[0], names[1], "--why" in options, "--json" in options)


def run(home: str, asked: Asked) -> int:
    """Answer; errors are one line.

    Returns:
        0 allowed, 1 not allowed, 2 unknown name, 3 the data cannot be used.
    """
    from tui.cli.faults import guarded

    return guarded(lambda: _answer(home, asked), home)


def _answer(home: str, asked: Asked) -> int:
    try:
        answer = checking.ask(home, asked.login, asked.permission, grantors=asked.why)
    except bare.OutdatedError:
        bring_up_to_date(home)
        answer = checking.ask(home, asked.login, asked.permission, grantors=asked.why)
    except ShopstaffError:
        speak(of_console(os.environ, lambda: bare.language(home)))
        raise
    try:
        _print(answer, asked)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever does not read to the end still gets the answer, which is no "done"
        from tui.cli.faults import print_no_more

        print_no_more()
    return 0 if answer.verdict.allowed else 1


def _print(answer: Answer, asked: Asked) -> None:
    if asked.json:
        _print_json(answer)
    elif asked.why or sys.stdout.isatty():  # a person at a terminal is told in words, too
        _print_why(answer, whole=asked.why)


def bring_up_to_date(home: str) -> None:
    """Open the shop once, which brings the tables of an older Shopstaff up to date."""
    from pathlib import Path

    from models import shop

    shop.open(Path(home))
    shop.close()


def _print_json(answer: Answer) -> None:
    from tui.cli.output import print_json

    verdict = answer.verdict
    print_json(
        [
            {
                "login": answer.login,
                "permission": verdict.permission,
                "allowed": verdict.allowed,
                "sources": [checking.source_row(source) for source in verdict.sources],
                "obstacles": [{"kind": obstacle.kind, "detail": obstacle.detail} for obstacle in verdict.obstacles],
            }
        ]
    )


def _print_why(answer: Answer, *, whole: bool) -> None:
    from models.explain import Grantor, Why, explain
    from tui.cli.output import print_line

    speak(of_console(os.environ, lambda: answer.language))
    why = Why(answer.login, answer.verdict, tuple(Grantor(*each) for each in answer.grantors))
    for line in explain(why, answer.zone)[: None if whole else 1]:
        print_line(line)
