"""What is kept apart, in words: in previews, beside the ticks, in lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from models.catalogue import permission_label
from models.explain import source_words
from models.i18n import _, ngettext
from models.queries.separation import Impact, RoleClash
from models.rules.access import Source
from models.rules.separation import Clash, Pair
from screens.widgets import words


def clash_words(found: Iterable[Clash], zone: str, *, short: bool = False) -> Content:
    """What a change of access would bring together, or leaves together; nothing where there is nothing.

    Args:
        zone: the shop's time zone.
        short: whether there is room for one sentence only: the first, and nothing of where the two come from.
    """
    by_weight = sorted(found, key=lambda clash: not clash.new)
    if not by_weight:
        return Content("")
    first, *others = by_weight
    if short:
        return _clash(first, zone, short=True)
    lines = [_clash(first, zone, short=False), *(_clash(clash, zone, short=True) for clash in others[:1])]
    if len(others) > 1:
        more = len(others) - 1
        lines.append(words.plain(ngettext("… and {count} more", "… and {count} more", more).format(count=more)))
    return words.join(*(part for line in lines for part in (line, "\n"))).rstrip("\n")


def _clash(clash: Clash, zone: str, *, short: bool) -> Content:
    if clash.new:
        said = _("“{one}” and “{other}” are kept apart in this shop: this cannot be given.")
        mark, style = words.MAY_NOT, "$text-error"
    else:
        said = _("“{one}” and “{other}” are kept apart in this shop, and were in one hand before: take one away.")
        mark, style = words.HIGH_RISK, "$text-warning"
    one, other = permission_label(clash.one), permission_label(clash.other)
    line = f"{mark} " + said.format(one=one, other=other)
    if not short:
        through = _("“{one}”: {one_through}. “{other}”: {other_through}.")
        line += "\n  " + through.format(
            one=one, other=other, one_through=sources(clash.one_through, zone), other_through=sources(clash.other_through, zone)
        )
        if clash.new:
            line += " " + _("Give only one of the two, or take the other away first.")
    return words.plain(line, style)


def sources(found: Sequence[Source], zone: str) -> str:
    """What gives a permission, each with its end."""
    return _(", ").join(source_words(source, zone) for source in found)


def apart_from(code: str, pairs: Iterable[Pair]) -> str:
    """What a permission is kept apart from; "" for nothing."""
    others = [pair.other if code == pair.one else pair.one for pair in pairs if code in pair]
    if not others:
        return ""
    return _("kept apart from {permissions}").format(permissions=_(", ").join(permission_label(other) for other in others))


def impact_words(impact: Impact) -> list[str]:
    """Who holds both now, and which roles have both in them: what declaring does not change, and what it does."""
    lines = []
    if impact.people:
        count = len(impact.people)
        said = ngettext(
            "{count} person holds both now, and goes on holding both:", "{count} people hold both now, and go on holding both:", count
        )
        lines += [said.format(count=count), *words.capped([f"  {named(who.name, who.login)}" for who in impact.people])]
    else:
        lines.append(_("Nobody holds both now."))
    if impact.roles:
        roles = _(", ").join(_("“{role}”").format(role=role) for role in impact.roles)
        lines.append(_("Roles that have both in them: {roles}. Take one of the two out before you give them again.").format(roles=roles))
    return lines


def role_clash_words(clash: RoleClash) -> list[str]:
    """Who is in the way of saving a role, and what to do about it."""
    if not clash.people:
        return [_("A role cannot have both. Untick one of the two.")]
    lines = [_("Take one of the two from them first, or leave it out of the role:")]
    return lines + words.capped(list(dict.fromkeys(f"  {named(who.name, who.login)}" for who in clash.people)))


def named(name: str, login: str) -> str:
    """A person, with the login that tells two of a name apart."""
    return f"{name} ({login})"
