"""The shop's data cannot be used now; nothing was changed. Exit code 3."""

from __future__ import annotations

from models.errors._base import ShopstaffError
from models.i18n import N_


class DataUnusable(ShopstaffError):
    """The shop's data cannot be used now; nothing was changed."""

    exit_code = 3


class ShopMissing(DataUnusable):
    """There is no shop in this data folder."""

    words = N_("There is no shop in {home} yet. “shopstaff” or “shopstaff init” sets one up.")

    def __init__(self, home: str) -> None:
        super().__init__(home=home)


class ShopLocked(DataUnusable):
    """Another process has held the data for longer than one waits."""

    words = N_("Another program is using the shop's data. Nothing was changed; try again in a moment.")


class DiskFull(DataUnusable):
    """There is no room left."""

    words = N_("The disk is full. Nothing was changed.")


class ShopReadOnly(DataUnusable):
    """The data cannot be written."""

    words = N_("The shop's data cannot be written. Nothing was changed.")


class ShopDamaged(DataUnusable):
    """The file is not a database, or not a whole one."""

    words = N_("The shop's data is damaged or not Shopstaff's. Nothing was changed.")


class ShopNewer(DataUnusable):
    """The data was written by a newer Shopstaff."""

    words = N_("The shop's data was written by a newer Shopstaff. Upgrade this one.")
