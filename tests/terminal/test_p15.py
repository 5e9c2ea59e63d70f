"""P15 with a real sshd and ssh: whatever somebody with a key asks for, there is nothing but the screens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal import attempts, attempts_in_sessions
from tests.terminal.attempts import Trying, can_tunnel, tunnel
from tests.terminal.processes import until
from tests.terminal.ssh_shop import SshShop
from tests.terminal.sshd import LAX, Sshd

pytestmark = pytest.mark.slow

ATTEMPTS = (*attempts.ATTEMPTS, *attempts_in_sessions.ATTEMPTS)
SEEN = [attempt for attempt in ATTEMPTS if attempt is not tunnel or can_tunnel()]


@pytest.fixture(scope="session")
def mallory(ssh_shop: SshShop) -> Path:
    """The key of somebody who may come to the screens, and tries for more."""
    return ssh_shop.person("mallory")


@pytest.fixture(scope="session")
def lax(mallory: Path) -> Iterator[Sshd]:
    """An sshd that lets a key do everything."""
    opened = Sshd(LAX)
    shutil.copy(f"{mallory}.pub", opened.folder / "authorized_keys")
    yield opened
    opened.close()


@pytest.mark.parametrize("attempt", SEEN, ids=lambda each: each.__name__)
def test_p15_what_is_tried_would_be_seen(attempt: Callable[[Trying], bool], lax: Sshd, mallory: Path, tmp_path: Path) -> None:
    """Where everything is allowed each attempt comes through, so that none of them fails for another reason than ours."""
    until(lambda: not lax.processes(), "whoever was here before to be gone")
    assert attempt(Trying(lax, mallory, tmp_path))


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda each: each.__name__)
def test_p15_nothing_comes_through(attempt: Callable[[Trying], bool], ssh_shop: SshShop, mallory: Path, tmp_path: Path) -> None:
    """No file, no connection, no command, no variable; though the key is good."""
    ssh_shop.is_empty()
    at = len(ssh_shop.sshd.said())
    assert not attempt(Trying(ssh_shop.sshd, mallory, tmp_path))
    assert "Accepted publickey" in ssh_shop.sshd.said()[at:] or (attempt is tunnel and not can_tunnel())
    assert not (tmp_path / "marker").exists()


def test_p15_a_connection_that_asks_for_nothing_is_given_nothing(ssh_shop: SshShop, mallory: Path) -> None:
    """`ssh -N`: nothing runs, and nothing is listened on."""
    ssh_shop.is_empty()
    with ssh_shop.kept(mallory):
        assert ssh_shop.sshd.processes()
        assert ssh_shop.sshd.others() == []
        assert ssh_shop.sshd.listening() == set()
