"""The parser of the command line: argparse, fed with every command, in our languages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from models import __version__
from models.i18n import N_, _
from tui.cli.arguments import Argument
from tui.cli.commands import COMMANDS, GROUPS
from tui.cli.faults import complain

SAID_BY_ARGPARSE: Final = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
)


class Parser(argparse.ArgumentParser):
    """argparse in our languages, that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is."""
        complain(_("{message} (help: {command} --help)").format(message=message, command=self.prog))
        sys.exit(2)


def build() -> Parser:
    """The parser of all commands, in the language in force."""
    # argparse says its own words through these two names of its module.
    setattr(argparse, "_", _)  # noqa: B010  they are no public names of it
    setattr(argparse, "ngettext", lambda one, many, n: _(one if n == 1 else many))  # noqa: B010  as above
    parser = Parser(
        prog="shopstaff",
        description=_("Sub-accounts for a small shop. Without a command it opens the screens; the first start sets the shop up."),
        epilog=_("Exit code: 0 done or allowed, 1 refused or not allowed, 2 wrong usage or unknown name, 3 the data cannot be used."),
        allow_abbrev=False,
    )
    version = _("show program's version number and exit")
    parser.add_argument("--version", action="version", version=f"shopstaff {__version__}", help=version)
    _add_home(parser)
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), title=_("commands"))
    groups: dict[str, Any] = {}
    for command in COMMANDS:
        group, _space, word = command.words.rpartition(" ")
        if group and group not in groups:
            above = commands.add_parser(group, help=_(GROUPS[group]), description=_(GROUPS[group]), allow_abbrev=False)
            _add_home(above)
            groups[group] = above.add_subparsers(dest="verb", metavar=_("COMMAND"), title=_("commands"), required=True)
        text = _(command.help)
        made = (groups[group] if group else commands).add_parser(word, help=text, description=text, allow_abbrev=False)
        made.set_defaults(run=f"tui.cli.{command.run}")
        _add_home(made)
        _add(made, command.arguments)
    return parser


def _add_home(parser: argparse.ArgumentParser) -> None:
    text = _("the data folder, in place of SHOPSTAFF_HOME or the platform's own")
    parser.add_argument("--home", metavar="DIR", default=argparse.SUPPRESS, help=text)


_FORMATS: Final = frozenset({"--csv", "--json", "--html"})
"""What may be asked for one at a time; only export has more than one."""


def _add(parser: argparse.ArgumentParser, arguments: Iterable[Argument]) -> None:
    arguments = tuple(arguments)
    some = any(argument.name in _FORMATS for argument in arguments)
    formats = parser.add_mutually_exclusive_group() if some else parser  # argparse cannot tell the usage of an empty group
    for argument in arguments:
        kinds: dict[str, Any] = {"help": _(argument.help).replace("%", "%%")}
        if argument.flag:
            where = formats if argument.name in _FORMATS else parser
            where.add_argument(argument.name, action="store_true", required=argument.required, **kinds)
            continue
        if argument.choices:
            kinds["choices"] = argument.choices
        if argument.metavar:
            kinds["metavar"] = argument.metavar
        if argument.name.startswith("-"):
            parser.add_argument(argument.name, required=argument.required, **kinds)
        else:
            place = argument.name.partition(".")[0].lower()
            if argument.many:
                kinds["nargs"] = "+"
            elif argument.optional:
                kinds["nargs"] = "?"
            parser.add_argument(place, metavar=argument.name, **kinds)
