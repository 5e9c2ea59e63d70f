"""`ssh config`: what sshd is told, read by Debian's own sshd."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from models import shop
from tests.factories import Founded
from tests.terminal.sshd import new_key, program as found
from tests.tui.cli.conftest import Run
from tui import forced
from tui.cli.ssh import GLOBAL, settings

USER = pwd.getpwuid(os.getuid()).pw_name
LAX = """
AcceptEnv LANG LC_*
AllowTcpForwarding yes
PermitUserEnvironment no
X11Forwarding yes
"""
"""What everybody else may, by the rest of the configuration."""


@pytest.fixture
def configured(little_shop: Founded, run: Run) -> str:
    """What `ssh config` prints."""
    shop.close()
    ran = run("ssh", "config")
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    return ran.out


def sshd(folder: Path, configuration: str, *asked: str) -> subprocess.CompletedProcess[str]:
    """Have Debian's sshd read a configuration that lies where its own ends and everybody else's begins (sshd_config.d)."""
    key = folder / "host"
    if not key.exists():
        new_key(key)
    (folder / "shopstaff.conf").write_text(configuration, encoding="utf-8")
    file = folder / "sshd_config"
    file.write_text(f"HostKey {key}\nInclude {folder}/shopstaff.conf\n{LAX}", encoding="utf-8")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # the system's own is made by its service
    return subprocess.run([found("sshd"), "-f", file, *asked], capture_output=True, text=True, check=False)


def effective(folder: Path, configuration: str, user: str) -> dict[str, list[str]]:
    """What sshd will do for a user who comes from outside, by the name of the setting."""
    said = sshd(folder, configuration, "-T", "-C", f"user={user},host=x,addr=203.0.113.7")
    assert (said.returncode, said.stderr) == (0, "")
    told: dict[str, list[str]] = {}
    for name, _blank, value in (line.partition(" ") for line in said.stdout.splitlines()):
        told.setdefault(name, []).append(value)
    return told


def test_sshd_takes_what_is_printed(configured: str, tmp_path: Path) -> None:
    """Without a word of complaint; and a misspelt one would be one."""
    taken = sshd(tmp_path, configured, "-t")
    assert (taken.returncode, taken.stdout, taken.stderr) == (0, "", "")
    assert sshd(tmp_path, configured.replace("ForceCommand", "ForcedCommand"), "-t").returncode != 0


def test_p15_sshd_means_by_it_what_was_meant(configured: str, little_shop: Founded, tmp_path: Path) -> None:
    """For the shop's user, whatever everybody may; for everybody else all is as it was."""
    wanted = {name.lower(): [value] for name, value in (*GLOBAL, *settings(str(little_shop.home), sys.executable, USER))}
    told = effective(tmp_path, configured, USER)
    assert {name: told[name] for name in wanted} == wanted
    before, after = effective(tmp_path, "", "somebody"), effective(tmp_path, configured, "somebody")
    assert after == before | {"permituserenvironment": ["no"]}
    assert (after["forcecommand"], after["x11forwarding"], after["acceptenv"]) == (["none"], ["yes"], ["LANG", "LC_*"])


def test_the_command_that_sshd_asks_by_is_the_one_that_answers(configured: str, little_shop: Founded) -> None:
    """With what sshd puts in place of %u and %f."""
    asked = next(line.split(maxsplit=1)[1] for line in configured.splitlines() if "AuthorizedKeysCommand " in line)
    assert asked == f"{forced.program(str(little_shop.home), sys.executable)} ssh keys %u %f"
    assert f"AuthorizedKeysCommandUser {USER}" in configured


@pytest.mark.parametrize("name", ["with blank", 'quo"te', "per%cent", "新店"])
def test_a_folder_that_sshd_cannot_be_told_of_is_refused(little_shop: Founded, run: Run, tmp_path: Path, name: str) -> None:
    """In one line that says what to do about it; half a configuration would be worse than none."""
    shop.close()
    little_shop.home.rename(tmp_path / name)
    ran = run("ssh", "config", home=tmp_path / name)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert name in ran.err


def test_an_interpreter_that_sshd_cannot_be_told_of_is_refused(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As is one whose path nobody knows."""
    shop.close()
    for path in ("/opt/my programs/python", ""):
        monkeypatch.setattr(sys, "executable", path)
        ran = run("ssh", "config")
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_a_folder_named_from_the_current_one_is_told_in_full(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """sshd starts programs elsewhere."""
    shop.close()
    monkeypatch.chdir(little_shop.home.parent)
    assert f"--home {little_shop.home}\n" in run("ssh", "config", home=Path(little_shop.home.name)).out


def test_without_a_shop_there_is_nothing_to_tell(run: Run, tmp_path: Path) -> None:
    """Exit code 3, and no folder made."""
    ran = run("ssh", "config", home=tmp_path / "none")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert not (tmp_path / "none").exists()
