"""`shopstaff check LOGIN PERMISSION [--why] [--json] [--act TEXT]`: the exit code is the answer.

Other programs ask at every click, so nothing is imported that answering does not need; argparse reads the command line only where this
does not understand it. Without `--act` nothing is written, and the data is opened so that nothing could be; with it, who was allowed or
refused what is in the log before the answer is given.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from models import bare, checking
from models.errors import ShopstaffError
from tui.language import of_console, speak

if TYPE_CHECKING:
    from models.checking import Answer


class Asked(NamedTuple):
    """Whether who may do what, and how the answer is to be given.

    Attributes:
        act: what they are about to do, for the log; None where nothing is to be written.
    """

    login: str
    permission: str
    why: bool = False
    json: bool = False
    act: str | None = None


_ACT: Final = "--act"


def understood(words: Sequence[str]) -> Asked | None:
    """What the plain forms of the command ask; None for everything else, which argparse will read or refuse."""
    names, options, act = [], set(), None
    rest = iter(words)
    for word in rest:
        if word == _ACT:
            act = next(rest, "-")
            if act.startswith("-"):
                return None
        elif word.startswith(f"{_ACT}="):
            act = word.removeprefix(f"{_ACT}=")
        elif word.startswith("-"):
            options.add(word)
        else:
            names.append(word)
    if len(names) != 2 or options - {"--why", "--json"}:
        return None
    return Asked(names[0], names[1], "--why" in options, "--json" in options, act)


def run(home: str, asked: Asked, *, operator: str = "") -> int:
    """Answer; errors are one line.

    Args:
        operator: who ran this as root, "" for nobody.

    Returns:
        0 allowed, 1 not allowed, 2 unknown name, 3 the data cannot be used; with an act, also where it cannot be written down.
    """
    from tui.cli.faults import guarded

    return guarded(lambda: _answer(home, asked, operator), home)


def _ask(home: str, asked: Asked, operator: str) -> Answer:
    if asked.act is None:
        return checking.ask(home, asked.login, asked.permission, grantors=asked.why)
    from models import acting
    from tui.machine import operator as os_user

    return acting.ask(home, asked.login, asked.permission, asked.act, os_user(operator), grantors=asked.why)


def _answer(home: str, asked: Asked, operator: str) -> int:
    try:
        answer = _ask(home, asked, operator)
    except bare.OutdatedError:
        bring_up_to_date(home)
        answer = _ask(home, asked, operator)
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
