"""Proving once more who one is, before access or security is changed."""

from __future__ import annotations

from typing import cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Input, Static

from models.errors import SessionEnded, SessionLocked, ShopstaffError, WrongProof
from models.errors.proof import TOTP
from models.i18n import _
from models.operations import presence
from models.queries import standing
from screens.desk import Desk
from screens.dialogs._dialog import Dialog
from screens.later import scheduled
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.press import Press
from screens.widgets.verdict import Verdict


class Prove(Dialog[bool]):
    """Asks for a phone code where TOTP is on (a recovery code does as well), else for the password, until it is right.

    Answers True once it was, False when it was given up. What is typed is kept nowhere.

    Args:
        kind: `TOTP` or `PASSWORD`.
    """

    DEFAULT_CSS = """
    Prove Verdict { padding: 0; }
    """

    cancelled = False

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self._busy = False

    def compose(self) -> ComposeResult:
        """Why it is asked, the field, what is wrong, and two ways out."""
        with Container(classes="box"):
            yield Static(words.plain(_("Prove once more that it is you")), classes="title")
            yield Static(words.plain(self._about()), classes="said")
            yield Field("secret", self._label(), password=self._kind != TOTP)
            yield Verdict()
            with Container(classes="buttons"):
                yield Press(_("Cancel"), "esc", id="cancel")
                yield Press(_("Go on"), "enter", id="yes")

    def _label(self) -> str:
        return _("Phone code") if self._kind == TOTP else _("Password")

    def _about(self) -> str:
        if self._kind == TOTP:
            return _("This changes access or security. Type your phone code, or a recovery code.")
        return _("This changes access or security. Type your password.")

    @property
    def field(self) -> Field:
        """Where it is typed."""
        return self.query_one(Field)

    @property
    def verdict(self) -> Verdict:
        """The line below it."""
        return self.query_one(Verdict)

    def on_mount(self) -> None:
        """Type at once."""
        self._ask_for(self._kind)

    def _ask_for(self, kind: str) -> None:
        """Ask for a code, or the password; which of them counts may have changed elsewhere."""
        self._kind = kind
        self.query_one(".said", Static).update(words.plain(self._about()))
        self.field.label = self._label()
        self.field.refresh()
        self.field.label_width = words.width(self.field.label)
        self.field.entry.password = kind != TOTP
        self.field.focus_control()

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        if event.value and not self._busy:
            self.verdict.clear()

    @on(Control.Done)
    @on(Press.Pressed, "#yes")
    def _done(self) -> None:
        secret = self.field.value
        if self._busy:
            return
        if not secret.strip():
            self.field.focus_control()
            return
        with self.prevent(Input.Changed):
            self.field.value = ""
        self._busy = True
        self._try(secret)

    @work(exclusive=True, group="prove", description="prove")  # without one, it would be the arguments: the secret
    async def _try(self, secret: str) -> None:
        desk = cast("Desk", self.app)
        if (actor := desk.actor) is None:
            return
        self.verdict.wait(_("Checking …"))
        try:
            await desk.in_shop(presence.prove, actor, secret)
        except SessionEnded as ended:
            desk.session_ended(ended)
        except SessionLocked:
            self.verdict.clear()
            desk.lock()
        except WrongProof as wrong:
            self.verdict.refuse(str(wrong) if self._kind == TOTP else _("That is not your password."))
            self._ask_for(standing.of(actor).proof)
        except ShopstaffError as refused:
            self.verdict.refuse(str(refused))
            self.field.focus_control()
        else:
            if self.is_current:
                scheduled(self.dismiss(True))
        finally:
            self._busy = False

    @on(Press.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()
