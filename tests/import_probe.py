"""Imports every module and tells what they did besides: `python -m tests.import_probe ROOT PACKAGE…`, a finding a line.

Run in a process of its own, because it watches every call. What counts is what a module of ours does while it is being imported, by its
own code or by a function it calls; what a library does while the library is being imported does not.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

FORBIDDEN_C: Final = {
    ("_io", "open"),
    ("io", "open"),
    ("posix", "open"),
    ("_io", "open_code"),
    ("posix", "listdir"),
    ("posix", "scandir"),
    ("posix", "mkdir"),
    ("posix", "putenv"),
    ("_thread", "start_new_thread"),
    ("_thread", "start_joinable_thread"),
    ("_sqlite3", "connect"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "monotonic"),
    ("_socket", "socket"),
    ("signal", "signal"),
}
FORBIDDEN_DATES: Final = {"now", "utcnow", "today"}
ENVIRONMENT: Final = {"__getitem__", "__setitem__", "__delitem__", "__iter__", "__len__", "getenv"}

MACHINERY: Final = ("<frozen importlib", "<frozen zipimport")


class Watch:
    """Sees every call, and keeps those which an importing module should not have made."""

    def __init__(self, root: Path, packages: list[str]) -> None:
        self.root = root
        self.ours = tuple(f"{root}/{package}/" for package in packages)
        self.found: dict[str, None] = {}

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        """What `sys.setprofile` calls at every call."""
        if event == "c_call":
            act = _forbidden_c(argument)
        elif event == "call":
            act = _forbidden_python(frame.f_code)
        else:
            return
        if act and (place := self._importing(frame)):
            self.found.setdefault(f"{place}: {act}")

    def _importing(self, frame: FrameType | None) -> str:
        """Where in a module of ours that is being imported this call began; "" where it began elsewhere."""
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(MACHINERY):
                return ""
            if file.startswith(self.ours):
                return f"{file.removeprefix(f'{self.root}/')}:{frame.f_lineno}"
            frame = frame.f_back
        return ""


def _forbidden_c(function: object) -> str:
    module, name = getattr(function, "__module__", None), getattr(function, "__name__", "")
    if (module, name) in FORBIDDEN_C:
        return f"{module}.{name}"
    owner = getattr(function, "__self__", None)
    return f"{owner.__name__}.{name}" if name in FORBIDDEN_DATES and isinstance(owner, type) else ""


def _forbidden_python(code: CodeType) -> str:
    is_os = code.co_filename.endswith(("/os.py", "<frozen os>"))
    return f"os.environ ({code.co_name})" if is_os and code.co_name in ENVIRONMENT else ""


def main(root: Path, *packages: str) -> None:
    """Import every module of the `packages` in `root`, then say what was found."""
    files = sorted(file for package in packages for file in (root / package).rglob("*.py"))
    places = [file.relative_to(root).with_suffix("").parts for file in files]
    names = [".".join(parts).removesuffix(".__init__") for parts in places if all(part.isidentifier() for part in parts)]
    sys.path.insert(0, str(root))
    watch = Watch(root, [*packages])
    sys.setprofile(watch)
    for name in names:
        importlib.import_module(name)
    sys.setprofile(None)
    for line in watch.found:
        print(line)
    print(f"{len(names)} modules", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
