"""The sshd of the tests itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.source import ROOT
from tests.terminal.processes import until
from tests.terminal.sshd import HOST

pytestmark = pytest.mark.slow

STARTS_ONE = "from tests.terminal.sshd import LAX, Sshd; print(Sshd(LAX).port, flush=True); input()"


def test_it_ends_with_whoever_started_it() -> None:
    """However that ends: a run of the tests that is killed leaves no door open."""
    command = [sys.executable, "-c", STARTS_ONE]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        port = int(starter.stdout.readline())
        assert _answers(port)
        os.kill(starter.pid, signal.SIGKILL)
        until(lambda: not _answers(port), "its end")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), 5):
            return True
    except ConnectionRefusedError:
        return False
