"""Taking the access review out."""

from __future__ import annotations

from models.i18n import _
from models.operations import review as operations
from screens.base import DetailScreen
from screens.taking_out import take_out


async def export(screen: DetailScreen) -> None:
    """Ask as what the review is to be written, write it into the outbox, and say where it is. For a worker of `screen`."""
    await take_out(screen, _("Export the access review"), _("Writing the access review"), operations.put_into_outbox)
