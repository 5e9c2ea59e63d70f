"""Everything that can be given to a person, as rows to tick: posts, roles, and the catalogue area by area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from models.catalogue import POSTS, Permission, area_label, areas, closure, in_order, permission_label, permissions, post_label
from models.errors import OutOfReach, Refusal, UntilTooLate
from models.explain import end_words, source_label
from models.i18n import N_, _
from models.queries.access import Preview, RoleOffer
from models.rules.access import allows
from screens.access_draft import EXTRA, ROLE, AccessDraft, Given, What
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, Row

COLUMNS: Final = (
    Column("change", width=1, keep=ALWAYS),
    Column("label", least=20, keep=ALWAYS),
    Column("risk", width=1, keep=6),
    Column("said", least=24, keep=ALWAYS, flex=2),
)

POST: Final = "post"

_POST_WORDS: Final = {
    "service": N_("nothing that is kept for operations"),
    "operations": N_("everything that was given"),
}


class Offer(NamedTuple):
    """What may be given, and what the draft amounts to.

    Attributes:
        roles: every open role, with what keeps the actor from giving it.
        reach: the codes that the actor holds.
        preview: what the draft amounts to; None where it is refused.
        zone: the shop's time zone.
    """

    roles: tuple[RoleOffer, ...]
    reach: frozenset[str]
    preview: Preview | None
    zone: str

    @property
    def along(self) -> frozenset[str]:
        """The extras that are given, with what they need."""
        return frozenset(gift.permission for gift in self.preview.extras) if self.preview else frozenset()

    @property
    def gone(self) -> frozenset[str]:
        """The extras that are taken, with what cannot stand without them."""
        return frozenset(self.preview.taken) if self.preview else frozenset()


def key_of(what: What) -> Key:
    """The key of the row on which something is ticked."""
    return f"{what.kind}:{what.key}"


def what_at(key: Key | None) -> What | None:
    """What is ticked on the row with that key; None on the rows of posts."""
    kind, _colon, rest = str(key or "").partition(":")
    if kind == ROLE:
        return What(ROLE, int(rest))
    return What(EXTRA, rest) if kind == EXTRA else None


def ticked(draft: AccessDraft, offer: Offer) -> frozenset[Key]:
    """The keys of the rows that bear a tick: what is wanted, with what comes along and without what goes along."""
    wanted = {key_of(what) for what in draft.wanted}
    wanted |= {key_of(What(EXTRA, code)) for code in offer.along}
    wanted -= {key_of(What(EXTRA, code)) for code in offer.gone - offer.along}
    return frozenset(wanted | {f"{POST}:{draft.wanted_post}"})


def rows(draft: AccessDraft, offer: Offer) -> Iterator[Row]:
    """All rows, with headings."""
    yield Row("heading:post", (_("Post"),), heading=True)
    for post in POSTS:
        change = "~" if draft.post == post and draft.change().post else ""
        yield Row(f"{POST}:{post}", (change, post_label(post), "", _(_POST_WORDS[post])))
    yield Row("heading:roles", (_("Roles"),), heading=True)
    for role in offer.roles:
        yield _role(role, draft, offer)
    for area in areas():
        codes = [code for code, permission in permissions().items() if permission.area == area and not permission.owner_only]
        if codes:
            yield Row(f"heading:{area}", (_("Extras · {area}").format(area=area_label(area)),), heading=True)
            yield from (_extra(permissions()[code], draft, offer) for code in codes)


def _role(role: RoleOffer, draft: AccessDraft, offer: Offer) -> Row:
    what = What(ROLE, role.row.id)
    barred = _barred(role.refusal)
    risk = words.plain(words.HIGH_RISK, "$text-error") if role.row.high else ""
    said = _beyond(role.refusal) if barred else _given_words(draft.wanted.get(what), draft.now(what), offer.zone)
    return Row(key_of(what), (_change(what, draft), role.row.label, risk, said), dim=barred, tickable=not barred)


def _beyond(refusal: Refusal | None) -> str:
    """Why it cannot be given, in few words."""
    if isinstance(refusal, OutOfReach):
        return _("beyond your own access: “{permission}”").format(permission=permission_label(refusal.permission))
    return str(refusal or "")


def _barred(refusal: Refusal | None) -> bool:
    """Whether it cannot be given at all; what is held until an earlier day can be given until then."""
    return refusal is not None and not isinstance(refusal, UntilTooLate)


def _extra(permission: Permission, draft: AccessDraft, offer: Offer) -> Row:
    what = What(EXTRA, permission.code)
    within = closure(permission.code) <= offer.reach
    tickable = within or (draft.now(what) is not None and permission.code in offer.reach)
    risk = words.plain(words.HIGH_RISK, "$text-error") if permission.high_risk else ""
    said = _extra_words(permission, draft, offer, within=within)
    return Row(key_of(what), (_change(what, draft, offer), permission.label, risk, said), dim=not tickable, tickable=tickable)


def _extra_words(permission: Permission, draft: AccessDraft, offer: Offer, *, within: bool) -> str:
    code = permission.code
    what = What(EXTRA, code)
    wanted = draft.wanted.get(what)
    if code in offer.along and wanted is None:
        return _("comes along: {others}").format(others=_named(other for other in _wanting(code, offer.along) if other != code))
    if code in offer.gone and wanted is not None and code not in offer.along:
        return _("goes along: it needs {others}").format(others=_named(closure(code) & offer.gone - {code}))
    if wanted is not None or draft.now(what) is not None:
        return _given_words(wanted, draft.now(what), offer.zone)
    return _by_role(code, offer.preview) or (_ungiven_words(permission, draft, offer) if within else _("beyond your own access"))


def _ungiven_words(permission: Permission, draft: AccessDraft, offer: Offer) -> str:
    """What is to be known of an extra before it is ticked."""
    if not allows(draft.wanted_post, permission):
        return _("kept for the post operations")
    needs = closure(permission.code) - {permission.code} - _had(offer.preview)
    return _("brings {others} along").format(others=_named(needs)) if needs else ""


def _wanting(code: str, given: Iterable[str]) -> list[str]:
    """Those of `given` that need `code`."""
    return [other for other in given if code in closure(other)]


def _named(codes: Iterable[str]) -> str:
    return _(", ").join(_("“{permission}”").format(permission=permission_label(code)) for code in in_order(codes))


def _had(preview: Preview | None) -> frozenset[str]:
    return frozenset(line.permission.code for line in preview.lines if line.after.sources) if preview else frozenset()


def _by_role(code: str, preview: Preview | None) -> str:
    """Which role gives it anyway."""
    lines = [line for line in preview.lines if line.permission.code == code] if preview else []
    return next((_("{source} has it").format(source=source_label(each)) for line in lines for each in line.after.sources), "")


def _given_words(wanted: Given | None, now: Given | None, zone: str) -> str:
    """How long it is to be theirs, and how long it was where that is another day."""
    before = "" if now is None else end_words(now.until, zone) or _("without end")
    if wanted is None:
        return _("was: {end}").format(end=before) if before else ""
    after = end_words(wanted.until, zone) or _("without end")
    return after if before in {"", after} else _("{end}; was: {before}").format(end=after, before=before)


def _change(what: What, draft: AccessDraft, offer: Offer | None = None) -> str:
    """+ given, − taken, ~ given until another day."""
    wanted, now = draft.wanted.get(what), draft.now(what)
    if offer is not None and what.key in offer.along and now is None:
        return "+"
    if offer is not None and what.key in offer.gone and now is not None and what.key not in offer.along:
        return "−"
    if wanted == now:
        return ""
    if wanted is None:
        return "−"
    return "+" if now is None else "~"
