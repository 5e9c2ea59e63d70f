"""What `sshd -T` prints, judged: recorded from OpenSSH 9.2 of Debian 12, then tampered with line by line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tui.cli.ssh import GLOBAL, settings
from tui.doctor import sight, sshd
from tui.doctor.finding import FINE, LOOK, WRONG, Finding

HOME, PYTHON, USER = "/var/lib/shopstaff", "/opt/shopstaff/bin/python3", "shop"
WANTED = (*GLOBAL, *settings(HOME, PYTHON, USER))
UNTOLD = """\
usepam yes
pubkeyauthentication yes
fingerprinthash SHA256
chrootdirectory none
pidfile /run/sshd.pid
subsystem sftp /usr/lib/openssh/sftp-server
hostkey /etc/ssh/ssh_host_ed25519_key
"""
"""Of what sshd prints besides: what something depends on, and a little else."""

DEFAULTS = f"""{UNTOLD}\
forcecommand none
authorizedkeyscommand none
authorizedkeyscommanduser none
authenticationmethods any
acceptenv LANG
acceptenv LC_*
"""
RIGHT = UNTOLD + "".join(f"{name.lower()} {value}\n" for name, value in WANTED)


def judged(text: str, *, keys: bool = True, groups: tuple[str, ...] = (USER,)) -> list[Finding]:
    """What is found in `text`."""
    return sshd.judged(text, [WANTED], USER, groups, keys=keys)


def told(text: str, name: str, value: str) -> str:
    """`text` with another value for the setting `name`."""
    return "".join(f"{name} {value}\n" if line.startswith(f"{name} ") else f"{line}\n" for line in text.splitlines())


def test_what_ssh_config_prints_is_right() -> None:
    """One line says so, and how many settings were compared."""
    (found,) = judged(RIGHT)
    assert found.verdict == FINE
    assert str(len(WANTED) + len(sshd.ASSUMED)) in str(found.found)


@pytest.mark.parametrize("name", [name for name, _value in WANTED] + [name for name, _value in sshd.ASSUMED])
def test_each_setting_is_missed_when_it_is_another(name: str) -> None:
    """It is named, with what it is and what it has to be; what only changes how long one waits is not wrong."""
    (found,) = judged(told(RIGHT, name.lower(), "something else"))
    assert found.verdict == (LOOK if name.startswith("ClientAlive") else WRONG)
    assert name in str(found.found) and "something else" in str(found.found)
    assert found.todo is not None


@pytest.mark.parametrize("name", [name for name, _value in WANTED if name not in {"ForceCommand", "AuthorizedKeysCommand"}])
def test_each_setting_is_missed_when_sshd_says_nothing_of_it(name: str) -> None:
    """An sshd that does not know it does not do it."""
    text = "".join(f"{line}\n" for line in RIGHT.splitlines() if not line.startswith(f"{name.lower()} "))
    assert [name in str(found.found) for found in judged(text)] == [True]


def test_a_second_value_is_one_too_many() -> None:
    """A variable that somebody else lets clients set is let through beside ours."""
    (found,) = judged(RIGHT + "acceptenv LC_*\n")
    assert found.verdict == WRONG and "LC_*" in str(found.found)


def test_nothing_told_is_wrong_only_where_somebody_has_a_key() -> None:
    """A shop that opens at its own terminal alone needs no sshd."""
    assert [found.verdict for found in judged(DEFAULTS, keys=False)] == [LOOK]
    assert [found.verdict for found in judged(DEFAULTS, keys=True)] == [WRONG]
    assert not sshd.is_set_up(DEFAULTS) and sshd.is_set_up(RIGHT)


def test_the_command_alone_without_who_asks_for_keys_is_half_of_it() -> None:
    """Then every setting is looked at, whether or not there is a key."""
    found = judged(told(RIGHT, "authorizedkeyscommand", "none"), keys=False)
    assert [each.verdict for each in found] == [WRONG]


def test_an_interpreter_by_another_name_is_the_same() -> None:
    """`python` and `python3` of one folder are one program; whichever fits best is compared."""
    other = (*GLOBAL, *settings(HOME, "/opt/shopstaff/bin/python", USER))
    assert [found.verdict for found in sshd.judged(RIGHT, [other, WANTED], USER, (), keys=True)] == [FINE]
    assert [found.verdict for found in sshd.judged(RIGHT, [other], USER, (), keys=True)] == [WRONG, WRONG]


@pytest.mark.parametrize(
    ("line", "shut_out"),
    [
        ("allowusers alice", True),
        ("allowusers alice\nallowusers sh*", False),
        ("allowusers shop@192.0.2.*", False),
        ("denyusers shop", True),
        ("denyusers alice", False),
        ("allowgroups ssh-users", True),
        ("allowgroups shop ssh-users", False),
        ("denygroups shop", True),
    ],
)
def test_lists_that_shut_the_user_out_are_found(line: str, shut_out: bool) -> None:
    """sshd says no more than "invalid user" in its log, where nobody looks."""
    assert [found.verdict for found in judged(f"{RIGHT}{line}\n")] == [WRONG if shut_out else FINE]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "verdicts"),
    [
        ("", [FINE]),
        ("AcceptEnv LANG LC_*\nX11Forwarding yes\nSubsystem sftp /usr/lib/openssh/sftp-server\n", [FINE]),
        ("Match User {user}\n    AllowTcpForwarding yes\n    PermitTTY no\n", [WRONG, WRONG]),
        ("FingerprintHash md5\n", [WRONG]),
    ],
    ids=["alone", "behind what Debian says", "behind another part for the same user", "with other fingerprints"],
)
def test_the_real_sshd_is_understood(tmp_path: Path, before: str, verdicts: list[str]) -> None:
    """Its own words for its settings, of a configuration that says what `ssh config` prints; the first that says something wins."""
    program = sight.sshd_program()
    if program is None:
        pytest.skip("there is no sshd here")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "host"], check=True)
    user = "nobody"
    wanted = settings(HOME, PYTHON, user)
    part = "".join(f"    {name} {value}\n" for name, value in wanted)
    globally = "".join(f"{name} {value}\n" for name, value in GLOBAL)
    file = tmp_path / "sshd_config"
    file.write_text(
        f"HostKey {tmp_path}/host\n{globally}{before.format(user=user)}Match all\nMatch User {user}\n{part}Match all\n", encoding="utf-8"
    )
    said = sight.sshd(program, user, "-f", str(file))
    assert said.trouble == ""
    found = sshd.judged(said.text, [[*GLOBAL, *wanted]], user, [], keys=True)
    assert [each.verdict for each in found] == verdicts, [str(each.found) for each in found]


@pytest.mark.slow
def test_a_configuration_that_sshd_does_not_take_is_told(tmp_path: Path) -> None:
    """In sshd's own words."""
    program = sight.sshd_program()
    if program is None:
        pytest.skip("there is no sshd here")
    file = tmp_path / "sshd_config"
    file.write_text("NoSuchSetting yes\n", encoding="utf-8")
    said = sight.sshd(program, "nobody", "-f", str(file))
    assert said.text == "" and "NoSuchSetting" in said.trouble
