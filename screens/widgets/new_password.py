"""Choosing a password: a line under the field says how good it is and what would help, and never holds up a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from textual import events, on, work
from textual.timer import Timer
from textual.widgets import Input

from models.errors import Invalid
from models.i18n import N_, _
from models.rules import passwords
from screens.widgets.field import Field
from screens.widgets.form import Form

PAUSE: Final = 0.5
"""Seconds without a key after which a password is judged; leaving the field judges it at once."""

BEST: Final = 4
FULL: Final = "■"
FREE: Final = "□"


def once_more(*, value: str = "") -> Field:
    """The field that the same password is typed into again."""
    return Field("again", _("Once more"), value=value, password=True)


def typed_twice(form: Form) -> str:
    """The password that stands in both fields of `form`.

    Raises:
        Invalid: they hold two.
    """
    password = form.text("password")
    if password != form.text("again"):
        raise Invalid("again", N_("The two are not the same."))
    return password


class NewPassword(Field):
    """The field for a new password, named `password`.

    Args:
        known: names of the shop and of the person, which a colleague would try; asked each time that a password is judged.
        minimum: characters that this shop asks for.
    """

    def __init__(self, label: str, known: Callable[[], Iterable[str]], *, value: str = "", minimum: int = passwords.MINIMUM) -> None:
        super().__init__("password", label, value=value, password=True, hint=self._advice(minimum))
        self._known = known
        self._minimum = minimum
        self._pause: Timer | None = None
        self._judging = False

    @staticmethod
    def _advice(minimum: int) -> str:
        return _("At least {minimum} characters; a few unrelated words are best.").format(minimum=minimum)

    @on(Input.Changed)
    def _judge_soon(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._judge)

    @on(events.DescendantBlur)
    def _judge_now(self) -> None:
        self._judge()

    @work(group="strength")
    async def _judge(self) -> None:
        """Judge what stands here in a thread, and again if it was changed meanwhile: never two at once."""
        if self._judging:
            return
        self._judging = True
        try:
            judged: tuple[str, list[str]] | None = None
            while (there := (self.value, [word for word in self._known() if word])) != judged:
                judged = there
                said = await asyncio.to_thread(strength_line, *there, self._minimum) if there[0] else self._advice(self._minimum)
                if self.value == there[0]:
                    self.hint = said
        finally:
            self._judging = False


def strength_line(password: str, known: Iterable[str], minimum: int = passwords.MINIMUM) -> str:
    """How good a password is beside what is `known`, and what would help. Takes a fraction of a second."""
    found = passwords.strength(password, passwords.known(known), minimum)
    score = min(found.score, BEST)
    said = found.advice or (_("Good.") if score < BEST else _("Very good."))
    return f"{FULL * score}{FREE * (BEST - score)} {said}"
