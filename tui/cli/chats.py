"""`shopstaff chat import FILE.jsonl` and `shopstaff chat deliver`: what customers and staff wrote to each other elsewhere is taken in."""

from __future__ import annotations

import json
import os
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

from models import shop
from models.i18n import N_, _
from models.operations import chat_intake
from models.operations.chat_intake import TOGETHER, Answer, Count, Delivery
from models.rules.chat_lines import LONGEST
from models.rules.progress import Progress
from models.rules.splitting import Splitter
from models.text import visible
from tui.cli.console import Console
from tui.cli.faults import INTERRUPTED, UsageError, complain, print_no_more, remark
from tui.cli.files import NOT_READ, new_file, require_new
from tui.cli.inlet import Inlet, Outlet, Stop, Stopped, standard, stopping
from tui.cli.output import Row, print_json, print_rows
from tui.cli.progress import percent

SHOWN: Final = 20
"""Lines that are told on the screen where they cannot be taken; a file takes all."""

WATCH: Final = 4.0
"""Seconds between two looks at whether a newer Shopstaff has taken over, or the log is to be told, while nothing comes."""

_WAS: Final = 2000
"""Characters of a line that are kept beside the reason why it was refused."""

_PROBLEM: Final = ("line", "id", "reason")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_NO_FILE: Final = N_("{file} is no file.")
_NOT_UTF_8: Final = N_("{file} is UTF-16. Save it as UTF-8.")
_TAKEN: Final = N_("New: {new}. Known already: {known}. Refused: {bad}.")
_MORE: Final = N_("The first {shown} of {bad} are shown. With --rejects FILE all of them are kept, with the reasons.")
_STAYS: Final = N_("What was taken until now stays. The same file once more goes on from there.")
_CLOSED: Final = N_("Standard input and output have to be open: messages come in by the one, and are acknowledged by the other.")
_UNHEARD: Final = N_("Nobody reads the acknowledgements any more. What was taken stays; hand over the rest again.")


def bring_in(console: Console) -> int:
    """Take in a file; what of it cannot be is told with its line and the reason."""
    asked = console.asked
    if asked.rejects is not None:
        require_new(asked.rejects)
    with ExitStack() as stack:
        stop = stack.enter_context(stopping())
        number = _opened(asked.file)
        stack.callback(os.close, number)
        actor = stack.enter_context(console.shop())
        progress = stack.enter_context(percent())
        refused = _Refused(asked.rejects, stack)
        count = Count()

        def so_far(sum_of_all: Count) -> None:
            nonlocal count
            count = sum_of_all

        try:
            lines = _lines(asked.file, number, stop, progress)
            chat_intake.bring_in(actor, lines, Path(asked.file).name, refused=refused, so_far=so_far)
        except BaseException:
            if count.lines:
                remark(_(_STAYS))
            raise
    _tell(count, refused, as_json=asked.json)
    if stop.told:
        remark(_(_STAYS))
        return INTERRUPTED
    return 1 if count.bad else 0


def _opened(path: str) -> int:
    """A file or a pipe, open.

    Raises:
        UsageError: it cannot be, or is something else, as a folder or a device that never ends.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe without a writer is waited for when it is read
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    kind = os.fstat(number).st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
        os.close(number)
        raise UsageError(_NO_FILE, file=path)
    return number


def _unreadable(path: str, error: Exception) -> UsageError:
    return UsageError(NOT_READ, file=path, reason=(error.strerror if isinstance(error, OSError) else None) or str(error))


def _lines(path: str, number: int, stop: Stop, progress: Progress) -> Iterator[bytes]:
    """The lines of a file, until its end or until the program is told to stop.

    Raises:
        UsageError: it cannot be read, or is UTF-16.
    """
    size, done = os.fstat(number).st_size, 0
    inlet, splitter = Inlet(number, stop), Splitter(LONGEST)
    while not stop.told:
        try:
            piece = inlet.piece()
        except OSError as error:
            raise _unreadable(path, error) from error
        if not done and piece and piece.startswith(_UTF_16):
            raise UsageError(_NOT_UTF_8, file=path)
        if piece == b"":
            yield from splitter.rest()
            return
        if piece is not None:
            done += len(piece)
            progress(min(done, size), size)
            yield from splitter.lines(piece)


class _Refused:
    """Lines that were not taken: the first of them for the screen, all for a file."""

    def __init__(self, path: str | None, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack
        self._file: IO[str] | None = None
        self.first: list[Row] = []

    def __call__(self, answer: Answer) -> None:
        """One more."""
        row = _refusal(answer)
        if len(self.first) < SHOWN:
            self.first.append(row)
        if self._path is not None:
            if self._file is None:
                self._file = self._stack.enter_context(new_file(self._path))
            self._file.write(f"{_json(row | {'was': _was(answer)})}\n")


def _refusal(answer: Answer) -> dict[str, Any]:
    bad = answer.bad
    because, reason = (bad.because, bad.message) if bad is not None else ("", "")
    return {"line": answer.number, "id": answer.ref, "because": because, "reason": reason}


def _was(answer: Answer) -> str:
    return visible(answer.data[: _WAS * 4].decode(errors="replace").rstrip("\r\n")[:_WAS])


def _tell(count: Count, refused: _Refused, *, as_json: bool) -> None:
    if as_json:
        print_json([{**count._asdict(), "refused": refused.first}])
    elif refused.first:
        print_rows(refused.first, _PROBLEM)
    remark(_(_TAKEN).format(**count._asdict()))
    if count.bad > len(refused.first):
        remark(_(_MORE).format(shown=len(refused.first), bad=count.bad))


def deliver(console: Console) -> int:
    """Take in what comes on standard input, line by line, and acknowledge each once it is on the disk.

    Returns:
        0, also where the program was told to stop; 1 where a line was refused, or nobody reads the acknowledgements any more.
    """
    with stopping() as stop, console.shop() as actor:
        ends = standard()
        if ends is None:
            raise UsageError(_CLOSED)
        delivery = Delivery(actor)
        is_heard = _serve(delivery, Inlet(ends[0], stop), Outlet(ends[1], stop), stop)
        delivery.tell(at_last=True)
    if not is_heard:
        print_no_more()
        complain(_(_UNHEARD))
        return 1
    return 1 if delivery.count.bad and not stop.told else 0


def _serve(delivery: Delivery, inlet: Inlet, outlet: Outlet, stop: Stop) -> bool:
    """Take and acknowledge until the end of what comes, or until the program is told to stop.

    Returns:
        Whether the acknowledgements were read.
    """
    arrivals = _Arrivals(inlet)
    try:
        while not stop.told and (lines := arrivals.together()) is not None:
            if lines:
                outlet.say(b"".join(map(_acknowledgement, delivery.take(lines))))
            else:
                shop.heed()
            delivery.tell()
    except Stopped:
        return True
    except BrokenPipeError:
        return False
    return True


class _Arrivals:
    """Lines as they come."""

    def __init__(self, inlet: Inlet) -> None:
        self._inlet = inlet
        self._splitter = Splitter(LONGEST)
        self._waiting: deque[bytes] = deque()
        self._is_over = False

    def together(self) -> list[bytes] | None:
        """The lines that have come, `TOGETHER` at most; none where nothing came for a while, None once nothing will."""
        seconds = 0.0 if self._waiting else WATCH
        while len(self._waiting) < TOGETHER and not self._is_over:
            piece = self._inlet.piece(seconds)
            if piece is None:
                break
            self._is_over = not piece
            self._waiting.extend(self._splitter.lines(piece) if piece else self._splitter.rest())
            seconds = 0.0 if self._waiting else WATCH
        if self._is_over and not self._waiting:
            return None
        return [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]


def _acknowledgement(answer: Answer) -> bytes:
    said: dict[str, Any] = {"line": answer.number, "id": answer.ref, "ok": answer.bad is None}
    if answer.bad is None:
        said["new"] = answer.is_new
    else:
        said |= {"because": answer.bad.because, "error": answer.bad.message}
    return f"{_json(said)}\n".encode()


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)
