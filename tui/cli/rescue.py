"""`shopstaff reset-owner` and `shopstaff doctor`: for the day on which the owner cannot come in, or the machine's clock is wrong."""

from __future__ import annotations

from typing import Final

from models import clock
from models.catalogue import OPERATIONS
from models.errors import NothingChanged
from models.i18n import N_, _
from models.operations import ownership as operations
from models.queries import departures, exports, shop, staff
from tui.cli import keeping
from tui.cli.console import Console
from tui.cli.faults import UsageError, remark
from tui.cli.output import print_rows

_CODE: Final = ("login", "code", "good_until")
_OWNERS: Final = ("login", "owner", "post", "status")
_TIMES: Final = ("latest", "now")
_ONE: Final = N_("--clock, --free, --index and --journal are not asked for together.")
_POST_OF_WHOM: Final = N_("--post is the post of the former owner: it goes with --to.")


def reset_owner(console: Console) -> int:
    """Void what the owner proves who they are with and print a code, once; with `--to`, make somebody else the owner.

    Nothing is asked first: whoever may run this has the owner's rights anyway, no data is lost, and the log has it.
    """
    if console.asked.to is not None:
        return _replace_owner(console)
    if console.asked.post is not None:
        raise UsageError(_POST_OF_WHOM)
    with console.shop() as actor:
        fresh = operations.reset_owner(actor)
        row = {"login": fresh.login, "code": fresh.code, "good_until": clock.rfc3339(fresh.expires_at)}
        print_rows([row], _CODE, as_json=console.asked.json)
        remark(
            _(
                "The password of {login}, their phone codes and their recovery codes are void, and their sessions have ended. The reset "
                "code lets them set a new password: “Activate an account” on the sign-in screen, or “shopstaff activate {login}”."
            ).format(login=fresh.login)
        )
    return 0


def _replace_owner(console: Console) -> int:
    post = console.asked.post or OPERATIONS
    with console.shop() as actor:
        before = shop.current().owner
        operations.replace_owner(actor, console.asked.to, post)
        people = [exports.person(actor, staff.find(login)) for login in (console.asked.to, before)]
        rows = [
            {"login": person["login"], "owner": is_owner, "post": person["post"], "status": person["status"]}
            for person, is_owner in zip(people, (True, False), strict=True)
        ]
        print_rows(rows, _OWNERS, as_json=console.asked.json)
        remark(
            _(
                "{new} is the owner now and signs in as before. {old} is frozen and holds nothing any more; the new owner can unfreeze "
                "them. All sessions of both have ended."
            ).format(new=people[0]["login"], old=people[1]["login"])
        )
    return 0


def doctor(console: Console) -> int:
    """What `doctor` does instead of looking: `--clock`, `--free`, `--index` or `--journal`, one of them."""
    asked = console.asked
    if sum((asked.clock, asked.free, asked.index, asked.journal is not None)) > 1:
        raise UsageError(_ONE)
    if asked.clock:
        return _accept_clock(console)
    if asked.index:
        return keeping.index(console)
    return keeping.free(console) if asked.free else keeping.journal(console)


def _accept_clock(console: Console) -> int:
    """Take the machine's clock for right though later times were seen."""
    with console.shop() as actor:
        try:
            latest, now = operations.accept_clock(actor)
        except NothingChanged:
            remark(_("The clock is not behind what was seen before. There is nothing to accept; nothing was changed."))
            return 0
        print_rows([{"latest": clock.rfc3339(latest), "now": clock.rfc3339(now)}], _TIMES, as_json=console.asked.json)
        remark(
            _(
                "The machine's time counts from now on, and phone codes are checked again. If it is not the right time, set the "
                "machine's clock."
            )
        )
        if gone := departures.ahead(now):
            told = _(
                "While the clock was ahead, these were written down as having left: {people}. “shopstaff staff reinstate” brings them "
                "back, without access."
            )
            remark(told.format(people=", ".join(gone)))
    return 0
