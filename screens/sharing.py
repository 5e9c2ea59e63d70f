"""Changing whose chat records somebody reads: one of three settings, until when, and the preview that every change of access has."""

from __future__ import annotations

from collections.abc import Mapping

from models import clock
from models.i18n import _
from models.queries import access, activity, shop, staff
from models.queries.staff import StaffDetail
from models.rules import sharing
from models.rules.access import Verdict
from models.rules.grants import AccessChange
from models.rules.sharing import CODES, OWN, SETTINGS
from screens.access_change import AccessPreviewScreen
from screens.base import DetailScreen, scheduled
from screens.dialogs.choose import Choose, Option
from screens.sharing_words import extras_of, in_the_way, setting_label, stays, until_now
from screens.until import ask_until, parsed


async def change(screen: DetailScreen, detail: StaffDetail, verdicts: Mapping[str, Verdict]) -> None:
    """Ask for the setting and its end, and show what that would change; from a worker of `screen`, which shows refusals.

    Raises:
        Refusal: something is beyond the reach of the person at work.
    """
    found, held = sharing.of(verdicts), screen.read(activity.held)
    barred = {setting: in_the_way(setting, detail.post, held) for setting in SETTINGS}
    options = [Option(setting, setting_label(setting), barred[setting], dim=bool(barred[setting])) for setting in SETTINGS]
    title = _("Whose chat records does {name} read?").format(name=detail.name)
    picked = await screen.app.push_screen_wait(Choose(title, options, current=found.given))
    if picked is None:
        return
    setting = str(picked)
    if barred[setting]:
        screen.toast(_("{setting}: {reason}").format(setting=setting_label(setting), reason=barred[setting]), bad=True)
        return
    extras = extras_of(screen.read(staff.grants, detail.id), clock.now())
    until = None
    if setting != OWN:
        zone = shop.zone()
        typed = await screen.app.push_screen_wait(ask_until(setting_label(setting), until_now(extras, setting), zone))
        if typed is None:
            return
        until = parsed(typed, zone)
    wanted, note = sharing.change(extras, setting, until), stays(found, setting)
    if wanted == AccessChange():
        screen.toast(note or _("Nothing is changed by that."))
        return
    screen.read(access.preview_change, detail.id, wanted)
    scheduled(screen.app.push_screen(AccessPreviewScreen(detail.id, wanted, note)))


def code(verdicts: Mapping[str, Verdict]) -> str:
    """The permission of which "why?" explains the setting: what is read beyond one's own, or would be first."""
    return CODES[found] if (found := sharing.of(verdicts).reads) != OWN else CODES[sharing.TEAM]
