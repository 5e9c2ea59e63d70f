"""What is asked for at a terminal, and what is read where there is none."""

from __future__ import annotations

import getpass
import io
import sys

import pytest

from tui.cli import asking
from tui.cli.faults import UsageError


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person at a terminal answers, one after the other."""
    given: list[str] = []
    stdin = io.TextIOWrapper(io.BytesIO(b""))
    monkeypatch.setattr(stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", stdin)

    def ask(_prompt: str) -> str:
        if not given:
            raise EOFError
        return given.pop(0)

    monkeypatch.setattr(getpass, "getpass", ask)
    return given


def test_a_password_is_asked_for_until_it_was_typed_twice(answers: list[str]) -> None:
    """The same: taken; two different ones: refused."""
    answers += ["one", "one"]
    assert asking.new_password() == "one"
    answers += ["one", "two"]
    with pytest.raises(UsageError):
        asking.new_password()


def test_whoever_gives_no_answer_is_told_what_is_missing(answers: list[str]) -> None:
    """ctrl+d, where a password should be."""
    with pytest.raises(UsageError, match="New password"):
        asking.new_password()


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"abc\n", "abc"), (b"abc\r\nmore\n", "abc"), (b"\xef\xbb\xbfabc", "abc"), (b" a b \n", " a b "), ("密码\n".encode(), "密码")],
)
def test_a_line_is_read_as_it_stands(monkeypatch: pytest.MonkeyPatch, data: bytes, line: str) -> None:
    """Without its end, and without the mark of a file; blanks belong to a password."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert asking.line("it", "? ") == line
