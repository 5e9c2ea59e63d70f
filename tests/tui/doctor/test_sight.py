"""Finding out how the machine is: what can be tried on folders and programs of the test's own."""

from __future__ import annotations

import os
import py_compile
import sys
from pathlib import Path

import pytest

from tui.doctor import sight


def program(path: Path, text: str) -> str:
    """A program of the test's own in place of the interpreter."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("text", "right", "said"),
    [
        ("exit 0", True, ""),
        ("echo 'ssh-ed25519 AAAA'", False, ""),
        ("echo first >&2; echo 'No module named tui' >&2; exit 1", False, "No module named tui"),
    ],
)
def test_an_answer_is_right_when_it_is_none(tmp_path: Path, text: str, right: bool, said: str) -> None:
    """Nobody has the key that is asked for."""
    found = sight.answers("/nowhere", "shop", program(tmp_path / "python", text))
    assert (found[0], found[2]) == (right, said)


def test_it_is_asked_as_sshd_asks(tmp_path: Path) -> None:
    """From the root folder, without the caller's environment, with the words of `ssh config`."""
    python = program(tmp_path / "python", 'echo "$PWD $HOME $*" >&2')
    _right, _seconds, said = sight.answers("/data", "shop", python)
    assert said.startswith("/  -I -X utf8 -m tui --home /data ssh keys shop SHA256:")


def test_an_interpreter_that_is_not_there_does_not_answer() -> None:
    """And that is told."""
    assert sight.answers("/data", "shop", "/nowhere/python")[0] is False


def test_sshd_that_fails_is_told_in_its_words(tmp_path: Path) -> None:
    """And nothing it printed before counts."""
    failing = program(tmp_path / "sshd", "echo forcecommand none; echo 'no hostkeys available' >&2; exit 1")
    assert sight.sshd(failing, "shop") == sight.Sshd("", "no hostkeys available")
    saying = program(tmp_path / "sshd", 'echo "asked $*"')
    assert sight.sshd(saying, "shop").text == "asked -T -C user=shop,host=localhost,addr=127.0.0.1\n"


def test_settings_that_were_changed_after_they_were_read_are_noticed(tmp_path: Path) -> None:
    """In the file itself and in the folder beside it; without a file with sshd's number nothing is known."""
    (tmp_path / "sshd_config.d").mkdir()
    pid, main, part = tmp_path / "pid", tmp_path / "sshd_config", tmp_path / "sshd_config.d" / "shopstaff.conf"
    for place, file in enumerate((main, part, pid)):
        file.touch()
        os.utime(file, (1000 + place, 1000 + place))
    assert not sight.is_stale(str(pid), tmp_path)
    for file in (main, part):
        os.utime(file, (2000, 2000))
        assert sight.is_stale(str(pid), tmp_path)
        os.utime(file, (1000, 1000))
    assert not sight.is_stale("none", tmp_path)


def test_a_module_counts_as_compiled_when_python_would_take_it(tmp_path: Path) -> None:
    """Not where the source is newer, nor where there is nothing or something else."""
    source = tmp_path / "module.py"
    source.write_text("x = 1\n", encoding="utf-8")
    assert not sight._is_compiled(source)
    compiled = py_compile.compile(str(source), doraise=True)
    assert compiled is not None
    assert sight._is_compiled(source)
    source.write_text("x = 22\n", encoding="utf-8")
    assert not sight._is_compiled(source)
    py_compile.compile(str(source), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    assert sight._is_compiled(source)
    Path(compiled).write_bytes(b"something else entirely")
    assert not sight._is_compiled(source)


def test_every_name_of_the_interpreter_is_found(tmp_path: Path) -> None:
    """In its folder; what is another program is left out."""
    (tmp_path / "python3.11").touch()
    (tmp_path / "python3").symlink_to("python3.11")
    (tmp_path / "python").symlink_to("python3")
    (tmp_path / "python-config").touch()
    names = sight.names_of(str(tmp_path / "python3"))
    assert names[0] == str(tmp_path / "python3")
    assert {Path(name).name for name in names} == {"python", "python3", "python3.11"}


def test_what_is_there_is_told_with_its_owner(tmp_path: Path) -> None:
    """Of a link, what it is and not what it leads to."""
    (tmp_path / "link").symlink_to("/etc/passwd")
    found = {Path(place.path).name: place for place in sight.below(tmp_path)}
    assert found["link"].mode != Path("/etc/passwd").stat().st_mode
    assert found["link"].uid == os.geteuid()


def test_only_root_is_told_what_takes_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of a folder that is there, whoever owns it."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert sight.as_root(str(tmp_path)) is None
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sight, "sshd_program", lambda: program(tmp_path / "sshd", 'echo "asked $*"'))
    monkeypatch.setattr(sight, "_SHADOW", tmp_path / "shadow")
    assert sight.as_root(str(tmp_path / "nothing")) is None
    seen = sight.as_root(str(tmp_path))
    assert seen is not None and seen.sshd is not None and seen.shadow is None
    assert "user=" in seen.sshd.text


def test_this_installation_is_found() -> None:
    """The folder that holds the packages, and every module in them."""
    assert (sight.installation() / "tui" / "doctor" / "sight.py").samefile(sight.__file__)
    missing, n = sight.uncompiled()
    assert 0 <= missing <= n and n > 100
    assert sys.executable in sight.names_of(sys.executable)
