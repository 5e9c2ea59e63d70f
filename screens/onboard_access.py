"""Starting from a colleague's access: what of it the person at work may give."""

from __future__ import annotations

from typing import NamedTuple

from models import clock
from models.actor import Actor
from models.errors import Refusal, SessionEnded
from models.i18n import ngettext
from models.queries import access, staff
from models.queries.staff import Grant
from models.rules.grants import AccessChange, ExtraGift, RoleGift


class Colleague(NamedTuple):
    """Somebody whose access a newcomer is to start from.

    Attributes:
        change: what of it may be given, with the same ends.
        words: what was taken over and what was not, in a line.
    """

    name: str
    post: str
    change: AccessChange
    words: str


def colleague_access(actor: Actor, staff_id: int) -> Colleague:
    """What a newcomer would start with.

    Raises:
        NotAllowed, Unknown, SessionEnded: as every read.
    """
    detail = staff.detail(actor, staff_id)
    now = clock.now()
    live = [grant for grant in staff.grants(actor, staff_id) if grant.until is None or grant.until >= now]
    given = [grant for grant in live if _may_give(actor, detail.post, grant)]
    roles = tuple(RoleGift(grant.role_id, grant.until) for grant in given if grant.role_id is not None)
    extras = tuple(ExtraGift(grant.key, grant.until) for grant in given if grant.role_id is None)
    said = ngettext("{count} ticked, from {name}.", "{count} ticked, from {name}.", len(given)).format(count=len(given), name=detail.name)
    if left := len(live) - len(given):
        said += " " + ngettext(
            "{count} is beyond your own access and was left out.", "{count} are beyond your own access and were left out.", left
        ).format(count=left)
    return Colleague(detail.name, detail.post, AccessChange(give_roles=roles, give_extras=extras), said)


def _may_give(actor: Actor, post: str, grant: Grant) -> bool:
    roles = (RoleGift(grant.role_id, grant.until),) if grant.role_id is not None else ()
    extras = (ExtraGift(grant.key, grant.until),) if grant.role_id is None else ()
    try:
        access.preview_newcomer(actor, "", post, roles, extras)
    except SessionEnded:
        raise
    except Refusal:
        return False
    return True
