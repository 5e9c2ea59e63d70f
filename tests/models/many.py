"""What several processes do to one shop at once: tasks for `multiprocessing`, each run in a process of its own.

A task gets the shop's folder and a barrier first, and puts what it found into a queue.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from models import acting, clock, shop
from models.actor import Actor, Proved
from models.errors import Invalid, Refusal
from models.operations import devices, sessions
from models.rules import passwords, totp
from tests.factories import PASSWORD

_CONTEXT: Final = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
PATIENCE: Final = 120
"""Seconds for everybody to be there; a machine that runs other tests starts processes slowly."""


def together(task: Callable[..., None], home: Path, each: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run `task` once for each of `each`, all at once, and give back what they found."""
    barrier, found = _CONTEXT.Barrier(len(each)), _CONTEXT.Queue()
    processes = [_CONTEXT.Process(target=task, args=(home, barrier, found, *rest), daemon=True) for rest in each]
    for process in processes:
        process.start()
    try:
        return [found.get(timeout=PATIENCE) for _ in processes]
    finally:
        _end(processes)


def _end(processes: Sequence[BaseProcess]) -> None:
    for process in processes:
        process.join(timeout=10)
        if process.is_alive():
            process.kill()


def guess(home: Path, barrier: Any, found: Any, addresses: Sequence[str]) -> None:
    """Try a wrong password from each of `addresses`; finds how often each answer came."""
    answers: dict[str, int] = {}
    shop.open(home)
    barrier.wait(PATIENCE)
    for address in addresses:
        try:
            sessions.sign_in(Actor.stranger(address), "owner", "not the password 9")
        except Refusal as refusal:
            answers[type(refusal).__name__] = answers.get(type(refusal).__name__, 0) + 1
    shop.close()
    found.put(answers)


def show_code(home: Path, barrier: Any, found: Any, number: int, proved: Proved, seed: bytes, rounds: int) -> None:
    """Show the same code as everybody else, in round after round, a step later each; finds the rounds that it was let in by."""
    entered = []
    shop.open(home)
    for turn in range(1, rounds + 1):
        now = proved.at + turn * totp.STEP * 1_000_000
        clock.set_clock(partial(int, now))
        code = totp.code_at(seed, totp.step_at(now))
        barrier.wait(PATIENCE)
        try:
            sessions.second_factor(Actor.stranger(f"10.{number}.{turn // 250}.{turn % 250}"), proved._replace(at=now), code)
            entered.append(turn)
        except Refusal:
            pass
    shop.close()
    found.put(entered)


def enter(home: Path, barrier: Any, found: Any, number: int) -> None:
    """Sign in with everybody else; finds when the hash was worked on, in seconds of a clock that all processes share."""
    real, spans = passwords.verify, []

    def timed(*arguments: Any) -> bool:
        start = time.monotonic()
        try:
            return real(*arguments)
        finally:
            spans.append((start, time.monotonic()))

    passwords.verify(None, "what is needed for it is imported")
    setattr(passwords, "verify", timed)  # noqa: B010  in this process, which does nothing else
    shop.open(home)
    barrier.wait(PATIENCE)
    sessions.sign_in(Actor.stranger(f"10.0.0.{number}"), "owner", PASSWORD)
    shop.close()
    found.put((spans[0], _peak()))


def _peak() -> int:
    """The most memory that this process ever had, bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def answer_and_wait(home: Path, login: str, pipe: Any) -> None:
    """Try a wrong password, tell the answer, and wait to be killed."""
    shop.open(home)
    try:
        sessions.sign_in(Actor.stranger("192.0.2.1"), login, "not the password 9")
    except Refusal as refusal:
        pipe.send((os.getpid(), type(refusal).__name__))
    time.sleep(PATIENCE)


def killed_after_the_answer(home: Path, login: str) -> str:
    """Have a process try a wrong password and kill it as soon as it has the answer; what the answer was."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=answer_and_wait, args=(home, login, theirs), daemon=True)
    process.start()
    if not ours.poll(PATIENCE):
        raise TimeoutError
    _pid, answer = ours.recv()
    process.kill()
    process.join()
    return str(answer)


def enrol_key(home: Path, barrier: Any, found: Any, staff_id: int, keys: Sequence[str]) -> None:
    """Enrol each of `keys` for somebody when everybody else does; finds what came of each: "done", or the field that was refused."""
    came = []
    shop.open(home)
    for number, key in enumerate(keys):
        barrier.wait(PATIENCE)
        try:
            devices.add(Actor.console("tester"), staff_id, key, name=f"device {number}")
            came.append("done")
        except Invalid as refusal:
            came.append(refusal.field)
    shop.close()
    found.put((staff_id, came))


def act(home: Path, barrier: Any, found: Any, number: int, times: int) -> None:
    """Ask so often, at the same time as everybody else, whether somebody may do something, and have it written down; finds how often."""
    barrier.wait(PATIENCE)
    allowed = [acting.ask(str(home), "bob", "goods.view", f"Act {number}-{turn}", "counter").verdict.allowed for turn in range(times)]
    found.put(sum(allowed))
