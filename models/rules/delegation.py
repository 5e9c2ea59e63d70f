"""Who may change whose access: give and take only what one holds, manage nobody wider than oneself.

After the permission groups of Saleor ("out of scope", "left not manageable"). `held` is what the actor may use now, each code
with the last instant of it (None: without end), as `access.allowed` gives it. Each function returns nothing when the act is
within reach and raises the refusal that names the permission in the way when it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.catalogue import in_order, permissions
from models.errors import OutOfReach, UntilTooLate
from models.rules.access import Holding

Held = Mapping[str, int | None]


def within_reach(held: Held, potential: Iterable[str]) -> None:
    """Refuse to manage somebody whose potential access is wider than the actor's own.

    What the catalogue does not know gives nothing, so it is in nobody's way.

    Raises:
        OutOfReach: names the first such permission in the catalogue's order.
    """
    if beyond := [code for code in potential if code not in held and code in permissions()]:
        raise OutOfReach(in_order(beyond)[0])


def grantable(held: Held, codes: Iterable[str], until: int | None) -> None:
    """Refuse to give what the actor does not hold, or for longer than the actor holds it.

    Raises:
        OutOfReach: the actor does not hold one of `codes`.
        UntilTooLate: the actor holds it, but not until `until`.
    """
    codes = tuple(codes)
    within_reach(held, codes)
    for code in in_order(set(codes) & held.keys()):
        end = held[code]
        if end is not None and (until is None or until > end):
            raise UntilTooLate(code)


def wakeable(held: Held, holdings: Iterable[Holding]) -> None:
    """Refuse to let through, by another post, what the actor could not give: to wake a grant is to give it.

    Args:
        holdings: what `grants.woken` found.

    Raises:
        OutOfReach, UntilTooLate: as `grantable`.
    """
    ends: dict[str, list[int | None]] = {}
    for holding in holdings:
        ends.setdefault(holding.permission, []).append(holding.source.until)
    within_reach(held, ends)
    for code in in_order(ends):
        for until in ends[code]:
            grantable(held, [code], until)
