"""Modules that are imported when they are first asked for something: what takes long must not keep the first screen from being seen.

if TYPE_CHECKING:
    from models.operations import sessions
else:
    sessions = later("models.operations.sessions")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Later:
    """Stands in for a module in every way that a module is used."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__dict__["_name"]), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(import_module(self.__dict__["_name"]), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(import_module(self.__dict__["_name"]), name)


def later(name: str) -> Any:
    """The module of that name, which is imported when something of it is first used."""
    return _Later(name)


def scheduled(_awaitable: object) -> None:
    """Take note of what Textual has scheduled already and nobody waits for."""
