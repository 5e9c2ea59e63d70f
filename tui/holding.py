"""What whoever is signed in may do, and what they are shown besides: read again whenever something may have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.actor import Actor
from screens.later import later
from screens.sections import CHATS, OWNER

if TYPE_CHECKING:
    from models.queries import activity, chats, standing
else:  # not needed before the first screen is seen
    activity, chats, standing = later("models.queries.activity"), later("models.queries.chats"), later("models.queries.standing")


def held(actor: Actor) -> frozenset[str]:
    """The permissions of `actor`, with `OWNER` where it is the owner, and `CHATS` where there are conversations to read.

    Raises:
        SessionEnded: the session was ended, or the account is not active.
    """
    beside = {OWNER: standing.of(actor).is_owner, CHATS: chats.any_for(actor)}
    return activity.held(actor).union(name for name, holds in beside.items() if holds)
