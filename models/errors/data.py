"""The shop's data cannot be used now; nothing was changed. Exit code 3."""

from __future__ import annotations

from typing import Final

from models.errors._base import ShopstaffError
from models.i18n import N_, _


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


class DiskFailing(DataUnusable):
    """The disk has room, and fails all the same."""

    words = N_("The disk did not take, or did not give, what was asked of it: it may be failing. Copy the data folder and the backups now.")


class KeyMissing(DataUnusable):
    """The key file is not beside the shop's data."""

    words = N_("The file “key” is missing from the shop's data folder. Without it nobody's phone codes work: put it back from your copy.")


class KeyLost(KeyMissing):
    """The key file that belongs to a backup is neither beside the data nor given."""

    words = N_(
        "The key file that belongs to this backup is not there. Give your copy of it with --key FILE, or, if it is lost for good, say "
        "--new-key: everybody then sets up phone codes anew. Nothing was changed."
    )


class AnotherShop(DataUnusable):
    """There is another shop's data where a backup was to be restored.

    Args:
        shop: whose the backup is.
    """

    words = N_(
        "There is another shop's data in this data folder. A backup of {shop} goes into an empty one: choose it with --home. Nothing was "
        "changed."
    )

    def __init__(self, shop: str) -> None:
        super().__init__(shop=shop)


class KeyWrong(DataUnusable):
    """The key file is not the one that belongs to this shop."""

    words = N_("The file “key” in the shop's data folder is not this shop's. Put the right one back from your copy.")


class KeyUnfit(KeyWrong):
    """The key file is another than the one that belongs to a backup."""

    words = N_(
        "This is not the key file that belongs to the backup. Give the right copy with --key FILE, or, if it is lost for good, say "
        "--new-key: everybody then sets up phone codes anew. Nothing was changed."
    )


class KeyExposed(DataUnusable):
    """Others can read the key file."""

    words = N_("Others can read the file “key” in the shop's data folder. Close it with: chmod 600 {file}")

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class ShopReadOnly(DataUnusable):
    """The data cannot be written."""

    words = N_("The shop's data cannot be written. Nothing was changed.")


class ShopDamaged(DataUnusable):
    """The file is not a database, or not a whole one."""

    words = N_("The shop's data is damaged or not Shopstaff's. Nothing was changed.")


class IndexDamaged(DataUnusable):
    """The index of the words in messages is damaged; the messages are not."""

    words = N_(
        "The index of messages is damaged: they can be read, but not searched, and no new ones are taken in. None is lost: whoever looks "
        "after the machine makes the index anew with “shopstaff doctor --index”."
    )


class SqliteUnfit(DataUnusable):
    """This Python's SQLite cannot make the index of messages.

    Args:
        version: of SQLite.
    """

    words = N_(
        "SQLite {version} of this Python has no index of words (FTS5), by which messages are found. Install Shopstaff with one that has."
    )

    def __init__(self, version: str) -> None:
        super().__init__(version=version)


class ShopNewer(DataUnusable):
    """The data was written by a newer Shopstaff."""

    words = N_("The shop's data was written by a newer Shopstaff. Upgrade this one.")


class LogDamaged(DataUnusable):
    """The log was found damaged, so nothing is changed until somebody has looked at it.

    Args:
        seq: the number of the first entry that is not as it was written.
    """

    words = N_("The log is damaged from entry {seq} on, so nothing can be changed. “shopstaff audit verify” says what was found.")

    def __init__(self, seq: int) -> None:
        super().__init__(seq=seq)


class BackupUnusable(DataUnusable):
    """A file is no backup that can be used; which file is left as it is.

    Args:
        file: its name.
        reason: a marked (`N_`) half sentence; `facts` fill its placeholders.
    """

    words = N_("{file} cannot be used: {reason}.")

    def __init__(self, file: str, reason: str, **facts: object) -> None:
        super().__init__(file=file, **facts)
        self.reason: Final = reason

    def __str__(self) -> str:
        reason = _(self.reason).format(**self.facts)
        return _(self.words).format(**{**self.facts, "reason": reason})


class BackupImpossible(DataUnusable):
    """A copy could not be made; no part of it is left under its name.

    Args:
        reason: a marked (`N_`) half sentence, or what the system said; `facts` fill its placeholders.
    """

    words = N_("No copy was made: {reason}.")

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(**facts)
        self.reason: Final = reason

    def __str__(self) -> str:
        return _(self.words).format(reason=_(self.reason).format(**self.facts))
