"""What more than one command takes."""

from __future__ import annotations

from typing import Final, NamedTuple

from models.events import AREAS, RISKS
from models.i18n import N_


class Argument(NamedTuple):
    """What a command takes: a name in capitals that must be there unless it is `optional`, or an option."""

    name: str
    help: str
    many: bool = False
    optional: bool = False
    flag: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    metavar: str = ""


LOGIN: Final = Argument("LOGIN", N_("a login"))
PERMISSION: Final = Argument("PERMISSION", N_("the code of a permission, as goods.view"))
ROLE: Final = Argument("ROLE", N_("a role: its code, or its name in either language"))
UNTIL: Final = Argument("--until", N_("the last day, as 2026-12-31"), metavar="DATE")
NUMBER: Final = Argument("NUMBER", N_("how many seats"))
FIRST: Final = Argument("--since", N_("the first day, as 2026-12-31; today unless you say otherwise"), metavar="DATE")
LINE: Final = Argument("ID", N_("the number of the line, as seat list prints it"))
JSON: Final = Argument("--json", N_("print JSON"), flag=True)


FILTERS: Final = (
    Argument("--by", N_("of the log: only what this person did, or console:USER"), metavar="LOGIN"),
    Argument("--action", N_("of the log: only this kind of act, as staff.freeze"), metavar="A"),
    Argument("--since", N_("of the log, or of figures: from this day on, as 2026-12-31"), metavar="DATE"),
    Argument("--until", N_("of the log, or of figures: through this day"), metavar="DATE"),
    Argument("--department", N_("of the log: only what people did who belong to it now, or to one below it"), metavar="PATH"),
    Argument(
        "--area",
        N_("of the log: staff, access, requests, roles, departments, sign_in, security, shop, chats, log, refused or programs"),
        choices=tuple(AREAS),
        metavar="AREA",
    ),
    Argument("--risk", N_("of the log: low, medium or high"), choices=RISKS, metavar="RISK"),
    Argument("--words", N_("of the log: people, things, kinds of acts, what other programs said"), metavar="TEXT"),
)
"""Which entries of the log."""
