"""Deciding on a request: the reason in full, then everything that it would change, then yes, or a word that says why not."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models import clock, text
from models.catalogue import post_label, status_label
from models.errors import HeldAlready, Incompatible, Invalid, PostBars, RequestGone, Stale, Unknown, UntilTooLate
from models.explain import end_words
from models.i18n import N_, _
from models.operations import requests as operations
from models.queries import asking, deciding, shop, staff
from models.queries.access import Preview
from models.queries.requests import PERMISSION, RequestRow
from models.queries.staff import StaffDetail
from models.rules.access import Verdict
from models.rules.requests import MOST_DAYS, REASON_LIMIT
from screens.base import DetailScreen, scheduled
from screens.dialogs.ask import Ask
from screens.home_rows import ago
from screens.preview_rows import SEPARATOR
from screens.request_rows import days_words, what
from screens.until import parsed
from screens.widgets import words
from screens.widgets.preview import PreviewList

IN_THE_WAY = (UntilTooLate, HeldAlready, PostBars, Incompatible, Invalid, Unknown)
"""What keeps a request from being approved as it is, though it is one's to decide on: another end, or a no, is the answer."""


class RequestDecideScreen(DetailScreen):
    """One request; `y` approves it once the end of the preview was shown. Answers True when it was decided on.

    Args:
        request_id: which.
    """

    DEFAULT_CSS = """
    RequestDecideScreen .told { height: auto; width: 100%; padding: 0 1; }
    RequestDecideScreen #refusal { display: none; height: 1fr; color: $text-warning; margin-top: 1; }
    RequestDecideScreen.-refused #refusal { display: block; }
    RequestDecideScreen.-refused PreviewList { display: none; }
    """
    SECTION = "home"
    TAKES = PERMISSION
    AUTO_FOCUS = "FactList"
    ABOUT = N_("What is asked for and why, and what it would change: + gained, ✗ kept back by the post, ▲ high risk. y approves it.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "approve", N_("Approve"), tooltip=N_("Gives it; possible once the end of what it changes was shown.")),
        Binding("d", "decline", N_("Decline"), tooltip=N_("Asks for a word that says why not.")),
        Binding("u", "until", N_("Until"), tooltip=N_("Gives it until another day.")),
    ]

    def __init__(self, request_id: int) -> None:
        super().__init__()
        self._request_id = request_id
        self._until: int | None = None
        self._end: int | None = None
        self._row: RequestRow | None = None
        self._detail: StaffDetail | None = None
        self._seen: Preview | None = None

    def compose_content(self) -> ComposeResult:
        """What was asked for, and what it would change."""
        yield Static(id="asked", classes="told")
        yield Static(id="refusal", classes="told")
        yield PreviewList()

    def heading(self) -> str:
        """Whose."""
        return _("{name} asks for: {what}").format(name=self._row.name, what=what(self._row)) if self._row else ""

    @property
    def preview(self) -> PreviewList:
        """What it would change."""
        return self.query_one(PreviewList)

    def reload(self) -> None:
        """Judge it as things stand; what is otherwise than it was shown has to be read anew."""
        try:
            self._row = row = self.read(deciding.to_decide, self._request_id)
        except RequestGone as gone:
            self.desk.withdraw(self, str(gone))
            return
        detail, zone = self.read(staff.detail, row.staff_id), shop.zone()
        preview, refusal = None, ""
        try:
            self._end = asking.end_given(self._until, row.days, clock.now(), zone)
            preview = self.read(deciding.preview, self._request_id, self._end)
        except IN_THE_WAY as error:
            refusal = str(error)
        self._show(preview, refusal)
        self._detail = detail
        self.query_one("#asked", Static).update(words.plain("\n".join(self._told(row, detail, zone))))
        self.refresh_top()
        self.refresh_bindings()

    def _show(self, preview: Preview | None, refusal: str) -> None:
        self.query_one("#refusal", Static).update(words.plain(refusal))
        self.set_class(preview is None, "-refused")
        if preview is not None and (self._seen is None or _gist(preview) != _gist(self._seen)):
            self.preview.show(preview, newcomer=False)
        self._seen = preview

    def _told(self, row: RequestRow, detail: StaffDetail, zone: str) -> list[str]:
        end = end_words(self._end, zone)
        who = [f"{row.name} ({row.login})", post_label(detail.post), detail.department or _("in no department")]
        if detail.status != "active":
            who.append(status_label(detail.status))
        asked = _("asked {distance}, for {days}").format(distance=ago(row.asked_at), days=days_words(row.days))
        return [
            SEPARATOR.join(who),
            SEPARATOR.join([asked, _("would be given {end}").format(end=end)]),
            _("Reason: {reason}").format(reason=row.reason),
        ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is approved past its end: until that was shown, `y` is dimmed. What is kept apart is not approved at all."""
        if action == "approve":
            if self._seen is not None and self._seen.barred:
                return False
            return True if self.is_mounted and self._seen is not None and self.preview.shown_to_the_end else None
        return super().check_action(action, parameters)

    @on(PreviewList.ShownToTheEnd)
    def _ended(self) -> None:
        self.refresh_bindings()

    @work(exclusive=True, group="change")
    async def action_until(self) -> None:
        """Choose another end; none brings back the one that was asked for."""
        zone = shop.zone()
        asked = Ask(
            self.heading(),
            label=_("Until"),
            name="until",
            value=clock.day(self._end, zone) if self._end is not None else "",
            hint=_("2026-12-31, or +30d from today, at most {most} days; empty for what was asked for").format(most=MOST_DAYS),
            limit=20,
            check=partial(self._checked, zone=zone),
        )
        typed = await self.app.push_screen_wait(asked)
        if typed is not None:
            self._until = self._checked(typed, zone)
            self.look_again()

    def _checked(self, typed: str, zone: str) -> int | None:
        """The end that was typed.

        Raises:
            Invalid: it is none, over, or too far away.
        """
        end = parsed(typed, zone)
        return None if end is None else asking.end_given(end, 1, clock.now(), zone)

    @work(exclusive=True, group="change")
    async def action_approve(self) -> None:
        """Give it."""
        if self._row is None or self._detail is None or self._seen is None:
            return
        try:
            with self.refusals_shown():
                await self._approve(self._row, self._detail, self._seen)
        finally:
            self.refresh_bindings()

    async def _approve(self, row: RequestRow, detail: StaffDetail, seen: Preview) -> None:
        try:
            end = await self.ask(operations.approve, row.id, until=self._end, version=detail.version, seen=seen.seen)
        except (Stale, *IN_THE_WAY) as changed:
            self.toast(str(changed), bad=True)
            self._seen = None
            self.look_again()
            return
        except RequestGone as gone:
            self.desk.withdraw(self, str(gone))
            return
        self.toast(_("Approved: {name} has it {end}.").format(name=row.name, end=end_words(end, shop.zone())))
        scheduled(self.dismiss(True))

    @work(exclusive=True, group="change")
    async def action_decline(self) -> None:
        """Say no, and why."""
        if (row := self._row) is None:
            return
        asked = Ask(
            _("Decline what {name} asks for").format(name=row.name),
            label=_("Why not"),
            name="word",
            hint=_("{name} reads it.").format(name=row.name),
            limit=REASON_LIMIT,
            yes_label=_("Decline"),
            check=lambda typed: text.clean("word", typed, limit=REASON_LIMIT, required=True),
        )
        word = await self.app.push_screen_wait(asked)
        if word is None:
            return
        with self.refusals_shown():
            try:
                await self.ask(operations.decline, row.id, word)
            except RequestGone as gone:
                self.desk.withdraw(self, str(gone))
                return
            self.toast(_("Declined. {name} sees it on the home screen.").format(name=row.name))
            scheduled(self.dismiss(True))


def _gist(preview: Preview) -> list[tuple[object, ...]]:
    """What of a preview has to be read anew where it changed; the moment at which it would be given passes all the time."""
    lines = [(line.permission.code, line.cut, *_verdict(line.before), *_verdict(line.after)) for line in preview.lines]
    return [*lines, *((clash.one, clash.other, clash.new) for clash in preview.clashes)]


def _verdict(verdict: Verdict) -> tuple[object, ...]:
    return verdict.granted, verdict.until, [(source.kind, source.name) for source in verdict.sources]
