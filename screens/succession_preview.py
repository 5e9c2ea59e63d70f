"""What somebody will be able to do who stands in, or takes over: confirmed before it is made so."""

from __future__ import annotations

from collections.abc import Callable

from models.errors import Stale
from models.i18n import _
from models.queries.access import Preview
from models.queries.staff import StaffDetail
from models.rules.grants import AccessChange
from screens.access_change import AccessPreviewScreen


class SuccessionPreviewScreen(AccessPreviewScreen):
    """What the successor will be able to do; `y` makes it so once the end was shown. Answers True when it was.

    Args:
        successor_id: who that is.
        wanted: works out what changes for the successor, as things stand.
        act: as `check_first` takes it.
        title: what it is about.
        done: what is said afterwards.
    """

    def __init__(self, successor_id: int, wanted: Callable[[], AccessChange], act: Callable[..., None], title: str, done: str) -> None:
        super().__init__(successor_id, AccessChange())
        self._wanted = wanted
        self._act = act
        self._title = title
        self._done = done

    def heading(self) -> str:
        """Who, for whom."""
        return self._title

    def wanted(self) -> AccessChange:
        """As things stand: the colleague may hold something else by now."""
        return self._wanted()

    async def make(self, detail: StaffDetail, seen: Preview) -> str:
        """Do it."""
        if self._wanted() != self._change:
            raise Stale(_("What the colleague holds"))
        await self.ask(self._act, version=detail.version, seen=seen.seen)
        return self._done
