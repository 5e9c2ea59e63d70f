"""What making a backup and copying the key file have in common: who may, and where nothing of it belongs."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from models import db
from models.actor import Actor
from models.errors import ConsoleAlone
from models.i18n import N_
from models.operations._journal import Thing
from models.operations._operation import OWNER, operation

IN_DATA: Final = N_("{file} is in the data folder. Choose another disk or a stick: what breaks this one takes both.")

_SHOP: Final = "SELECT name FROM shop"


class _Allowed(Exception):
    """They may."""


def allow(actor: Actor, act: str, *, console: bool, damaged: bool = False) -> None:
    """Refuse whoever may not, before anything is done that takes long or leaves something: with an entry, as always.

    Args:
        console: whether only the operator at the machine may.
        damaged: whether it can be done while the log is known to be damaged.

    Raises:
        OwnerAlone, ConsoleAlone: it is somebody else.
        LogDamaged, DataUnusable: as `operation`.
    """
    with suppress(_Allowed), operation(actor, None if console else OWNER, act, damaged=damaged) as journal:
        journal.subject = shop()
        if console and not actor.is_console:
            raise ConsoleAlone
        raise _Allowed


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path leads into a folder, or to it, by whatever links."""
    return path.resolve().is_relative_to(folder.resolve())


def shop() -> Thing:
    """What the entry is about."""
    return Thing("shop", 1, str((db.row(_SHOP) or ("",))[0]))
