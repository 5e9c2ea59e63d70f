"""Whether the operating system lets anybody in as the shop's user."""

from __future__ import annotations

import pytest

from tui.doctor import account
from tui.doctor.account import Account, Shadow, shadow_in
from tui.doctor.finding import FINE, LOOK, WRONG


def judged(shell: str = "/bin/sh", *, runs: bool = True, shadow: Shadow | None = None, pam: bool = True) -> list[tuple[str, str]]:
    """Verdicts, and what to do."""
    found = account.judged(Account("shop", shell, runs, shadow), pam=pam)
    return [(each.verdict, str(each.todo)) for each in found]


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/dash", "/usr/bin/bash", "/usr/bin/zsh"])
def test_a_shell_that_runs_a_command_is_right(shell: str) -> None:
    """Whatever it is called, as long as it reads what a Bourne shell reads."""
    assert [verdict for verdict, _todo in judged(shell)] == [FINE]


@pytest.mark.parametrize("shell", ["/usr/sbin/nologin", "/bin/false", "/usr/bin/fish", "/bin/tcsh"])
def test_a_shell_that_does_not_run_the_screens_is_wrong(shell: str) -> None:
    """sshd hands every command to it, the forced one too."""
    assert judged(shell) == [(WRONG, "usermod -s /bin/sh shop")]


def test_a_shell_that_is_not_there_is_wrong() -> None:
    """sshd lets nobody in then."""
    assert judged("/bin/zsh", runs=False) == [(WRONG, "usermod -s /bin/sh shop")]


@pytest.mark.parametrize(
    ("line", "shadow"),
    [
        ("shop:!:20000::::::", Shadow(locked=True)),
        ("shop:!$y$j9T$abc$def:20000::::::", Shadow(locked=True)),
        ("shop:*:20000::::::", Shadow()),
        ("shop::20000::::::", Shadow(empty=True)),
        ("shop:$y$j9T$abcdef$ghi:20000:0:99999:7:::", Shadow(password=True)),
        ("shop:*:20000:0:99999:7::20400:", Shadow(ended=True)),
        ("shop:*:20000:0:99999:7::20401:", Shadow()),
        ("shopkeeper:!:20000::::::", None),
        ("shop", None),
    ],
)
def test_the_shadow_tells_the_state_and_nothing_to_guess_from(line: str, shadow: Shadow | None) -> None:
    """Locked as `passwd -l` does it, ended on its day, with and without a password."""
    assert shadow_in(f"root:*:1::::::\n{line}\n", "shop", 20400) == shadow


def test_a_locked_account_is_wrong_only_where_sshd_does_not_ask_pam() -> None:
    """With PAM, "!" locks the password alone (auth.c of OpenSSH)."""
    assert judged(shadow=Shadow(locked=True)) == judged()
    ((verdict, todo),) = judged(shadow=Shadow(locked=True), pam=False)
    assert verdict == WRONG and todo.startswith("usermod -p '*' shop")


def test_an_end_or_an_empty_password_is_wrong_and_a_password_is_to_be_looked_at() -> None:
    """The last two give a shell at the machine."""
    assert [verdict for verdict, _todo in judged(shadow=Shadow(ended=True))] == [WRONG]
    assert [verdict for verdict, _todo in judged(shadow=Shadow(empty=True))] == [WRONG]
    assert [verdict for verdict, _todo in judged(shadow=Shadow(password=True))] == [LOOK]
