"""Random acts by random people never break a rule.

Access is worked out a second time in here, from the rows and the catalogue's file, by other code than the product's; it also
keeps what each act was allowed to change apart from what it changed.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import models
from models import clock, db, shop
from models.actor import Actor
from models.errors import ShopstaffError
from models.operations import codes, departments, grants, onboarding, roles, separation, staff
from models.operations.staff import Profile
from models.queries import access
from models.rules.audit_chain import FIRST, link
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tests.factories import CONSOLE, DAY, founded, signed_in

with (Path(models.__file__).parent / "permissions.csv").open(encoding="utf-8", newline="") as _file:
    CATALOGUE = {row["code"]: row for row in csv.DictReader(_file)}

CODES = sorted(CATALOGUE)
PEOPLE = st.integers(1, 8)
WHO = st.sampled_from([2, 2, 3, 3, 1, 4, 5, 6, 7, 8])
"""Those who may authorise within bounds try most: they have the most to break."""
ROLES = st.sampled_from([1, 9, 2, 3, 6, 7, 10, 11])
PERMISSIONS = st.sampled_from(CODES)
ENDS = st.sampled_from([None, None, 3 * DAY, 30 * DAY])
START = 1_790_000_000_000_000


def potential(staff_id: int, now: int) -> frozenset[str]:
    """What somebody's unexpired grants amount to under their post, by plain set arithmetic."""
    ((post, is_owner),) = db.rows("SELECT post, is_owner FROM staff WHERE id = ?", (staff_id,))
    if is_owner:
        return frozenset(CODES)
    held: set[str] = set()
    for role_id, until in db.rows("SELECT role_id, until FROM role_grant WHERE staff_id = ? AND ended_at IS NULL", (staff_id,)):
        if until is None or until >= now:
            held |= {code for (code,) in db.rows("SELECT permission FROM role_permission WHERE role_id = ?", (role_id,))}
    for code, until in db.rows("SELECT permission, until FROM extra WHERE staff_id = ? AND ended_at IS NULL", (staff_id,)):
        if until is None or until >= now:
            held.add(code)
    return frozenset(
        code for code in held if CATALOGUE[code]["owner_only"] != "yes" and (post == "operations" or CATALOGUE[code]["post"] == "service")
    )


class Shop(RuleBasedStateMachine):
    """A shop in which everybody tries everything."""

    source: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.context = founded(self.source, self.folder / "home")
        self.shop = self.context.__enter__()
        self.now = START
        clock.set_clock(self._tick)
        self.names = count()

    def _tick(self) -> int:
        self.now += 1
        return self.now

    def teardown(self) -> None:
        """Close and forget this shop."""
        self.context.__exit__(None, None, None)
        shutil.rmtree(self.folder)

    @initialize()
    def people(self) -> None:
        """A manager, a narrower manager, staff of both posts, somebody invited."""
        self.shop.person("meg", gave=["manager"])
        self.shop.person("max", extras=["staff.manage", "staff.freeze", "org.role.manage"], gave=["customer_service"])
        self.shop.person("sue", post="service", gave=["service_lead"])
        self.shop.person("ops", gave=["operations"], until=self.now + 10 * DAY)
        self.shut(self.shop.person("ivy", post="service", gave=["customer_service"], status="invited"))
        separation.declare(CONSOLE, "refund.approve", "goods.price.edit")
        separation.declare(CONSOLE, "chat.record.team", "trade.order.price.edit")

    def attempt(self, who: int, target: int | None, act: object) -> None:
        """Do `act` as somebody, and compare what it changed with what they were allowed to change."""
        actor = self.actor(who)
        is_active = db.rows("SELECT 1 FROM staff WHERE id = ? AND status = 'active'", (actor.staff_id,))
        try:
            self._attempt(actor, target, act)
        finally:
            if not is_active:
                self.shut(actor)

    def shut(self, actor: Actor) -> None:
        """End the session of somebody who is not active, and had it only to try what they could do."""
        db.rows("UPDATE session SET ended_at = ?, \"end\" = 'tried' WHERE id = ? AND ended_at IS NULL", (self.now, actor.session_id))

    def _attempt(self, actor: Actor, target: int | None, act: object) -> None:
        everybody = [identity for (identity,) in db.rows("SELECT id FROM staff")]
        before = {identity: potential(identity, self.now) for identity in everybody}
        own = self.own(actor)
        mine = before.get(actor.staff_id or 0, frozenset())
        contents = self.content()
        apart = db.rows("SELECT one, other FROM separation WHERE ended_at IS NULL")
        broken = self.broken(apart)
        refused = False
        try:
            act(actor)  # type: ignore[operator]  # a function of the actor
        except ShopstaffError:
            refused = True
        if refused:
            assert {identity: potential(identity, self.now) for identity in everybody} == before
            assert self.own(actor) == own
            return
        assert self.broken(apart) <= broken, f"{actor.name} brought together what is kept apart"
        if actor.is_console:
            return
        assert self.own(actor) == own, "somebody changed their own access"
        assert potential(actor.staff_id or 0, self.now) == mine
        held = self.allowed(actor.staff_id or 0)
        for (identity,) in db.rows("SELECT id FROM staff WHERE id > ?", (max(before),)):
            assert potential(identity, self.now) <= held, f"{actor.name} onboarded somebody wider"
        for identity, had in before.items():
            changed = potential(identity, self.now) ^ had
            assert changed <= held, f"{actor.name} changed {changed - held} of {identity}"
        if target is not None and target != actor.staff_id and target in before and self.content() == contents:
            assert before[target] <= held, f"{actor.name} managed somebody wider"

    def actor(self, who: int) -> Actor:
        """Somebody in a session of their own; whoever may not be signed in has one that was ended."""
        found = db.row("SELECT login, status FROM staff WHERE id = ?", (who,))
        if found is None:
            return CONSOLE
        return signed_in(found[0])

    def own(self, actor: Actor) -> object:
        """An actor's own grants, post and status."""
        if actor.staff_id is None:
            return None
        rows = db.rows("SELECT role_id, until FROM role_grant WHERE staff_id = ? AND ended_at IS NULL", (actor.staff_id,))
        extras = db.rows("SELECT permission, until FROM extra WHERE staff_id = ? AND ended_at IS NULL", (actor.staff_id,))
        return rows, extras, db.rows("SELECT post, status, is_owner FROM staff WHERE id = ?", (actor.staff_id,))

    def allowed(self, staff_id: int) -> frozenset[str]:
        """What somebody may use now, by plain set arithmetic."""
        ((status,),) = db.rows("SELECT status FROM staff WHERE id = ?", (staff_id,))
        return potential(staff_id, self.now) if status == "active" else frozenset()

    def broken(self, apart: list[tuple[str, str]]) -> set[tuple[int, str, str]]:
        """Who holds both of what is kept apart, the owner aside."""
        people = [identity for (identity,) in db.rows("SELECT id FROM staff WHERE is_owner = 0")]
        held = {identity: potential(identity, self.now) for identity in people}
        return {(identity, *two) for identity in people for two in apart if set(two) <= held[identity]}

    def content(self) -> object:
        """What is in every role."""
        return db.rows("SELECT role_id, permission FROM role_permission ORDER BY 1, 2")

    @rule(
        who=WHO,
        login=st.sampled_from(["new", "NEW", "meg", "zed", "yan"]),
        post=st.sampled_from(["service", "operations"]),
        role=ROLES,
        extra=PERMISSIONS,
        end=ENDS,
    )
    def onboard(self, who: int, login: str, post: str, role: int, extra: str, end: int | None) -> None:
        """Onboard somebody with a role and an extra."""
        until = None if end is None else self.now + end
        newcomer = onboarding.Newcomer(login, Profile("新人"), post, None, (RoleGift(role, until),), (ExtraGift(extra, until),))
        self.attempt(who, None, lambda actor: onboarding.onboard(actor, newcomer))

    @rule(who=WHO, whom=PEOPLE, role=ROLES, end=ENDS)
    def give_role(self, who: int, whom: int, role: int, end: int | None) -> None:
        """Give a role, or give it another end."""
        until = None if end is None else self.now + end
        self.attempt(who, whom, lambda actor: grants.change(actor, whom, AccessChange(give_roles=(RoleGift(role, until),))))

    @rule(who=WHO, whom=PEOPLE, extra=PERMISSIONS, end=ENDS)
    def give_extra(self, who: int, whom: int, extra: str, end: int | None) -> None:
        """Give a permission beside the roles."""
        until = None if end is None else self.now + end
        self.attempt(who, whom, lambda actor: grants.change(actor, whom, AccessChange(give_extras=(ExtraGift(extra, until),))))

    @rule(who=WHO, whom=PEOPLE, role=ROLES, drop=PERMISSIONS)
    def take(self, who: int, whom: int, role: int, drop: str) -> None:
        """Take a role, take an extra."""
        self.attempt(who, whom, lambda actor: grants.change(actor, whom, AccessChange(take_roles=(role,))))
        self.attempt(who, whom, lambda actor: grants.change(actor, whom, AccessChange(take_extras=(drop,))))

    @rule(who=WHO, whom=PEOPLE, post=st.sampled_from(["service", "operations"]))
    def set_post(self, who: int, whom: int, post: str) -> None:
        """Widen or lower somebody's ceiling."""
        self.attempt(who, whom, lambda actor: grants.change(actor, whom, AccessChange(post)))

    @rule(who=WHO, whom=PEOPLE, act=st.sampled_from([staff.freeze, staff.unfreeze, staff.leave, staff.reinstate, codes.renew]))
    def status(self, who: int, whom: int, act: object) -> None:
        """Freeze, unfreeze, end, reinstate, give a new code."""
        self.attempt(who, whom, lambda actor: act(actor, whom))  # type: ignore[operator]  # one of the five

    @rule(who=WHO, whom=PEOPLE, place=st.integers(1, 6))
    def move(self, who: int, whom: int, place: int) -> None:
        """Move somebody to a department."""
        self.attempt(who, whom, lambda actor: staff.move(actor, whom, place))

    @rule(who=WHO, role=ROLES, code=PERMISSIONS)
    def edit_role(self, who: int, role: int, code: str) -> None:
        """Put one permission more into a role, or one less."""
        inside = {each for (each,) in db.rows("SELECT permission FROM role_permission WHERE role_id = ?", (role,))}
        self.attempt(who, None, lambda actor: roles.edit(actor, role, None, codes=inside ^ {code}))

    @rule(who=WHO, inside=st.frozensets(PERMISSIONS, max_size=4))
    def add_role(self, who: int, inside: frozenset[str]) -> None:
        """Make a role."""
        name = f"role {next(self.names)}"
        self.attempt(who, None, lambda actor: roles.add(actor, name, inside))

    @rule(who=WHO, one=PERMISSIONS, other=PERMISSIONS, old=st.integers(1, 4))
    def keep_apart(self, who: int, one: str, other: str, old: int) -> None:
        """Keep two permissions apart, and let two others go together."""
        self.attempt(who, None, lambda actor: separation.declare(actor, one, other))
        self.attempt(who, None, lambda actor: separation.withdraw(actor, old))

    @rule(who=WHO, role=ROLES)
    def close_role(self, who: int, role: int) -> None:
        """Close a role."""
        self.attempt(who, None, lambda actor: roles.close(actor, role, None))

    @rule(who=WHO, place=st.integers(1, 6), parent=st.one_of(st.none(), st.integers(1, 6)))
    def departments(self, who: int, place: int, parent: int | None) -> None:
        """Add, move and close departments."""
        found = db.row("SELECT version FROM department WHERE id = ?", (place,))
        version = found[0] if found else 1
        self.attempt(who, None, lambda actor: departments.add(actor, f"place {next(self.names)}", parent))
        self.attempt(who, None, lambda actor: departments.move(actor, place, version, parent))
        self.attempt(who, None, lambda actor: departments.close(actor, place, version))

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        """Grants end without any job that ends them."""
        self.now += days * DAY

    @invariant()
    def there_is_one_owner_who_is_active(self) -> None:
        """Never none, never two, never shut out."""
        assert db.rows("SELECT status FROM staff WHERE is_owner = 1") == [("active",)]

    @invariant()
    def nobody_holds_what_is_the_owners_alone(self) -> None:
        """In no role and no extra."""
        inside = {code for (code,) in db.rows("SELECT permission FROM role_permission UNION SELECT permission FROM extra")}
        assert not {code for code in inside if CATALOGUE[code]["owner_only"] == "yes"}

    @invariant()
    def every_role_is_closed_under_needs(self) -> None:
        """Nothing stands in a role without what it needs."""
        inside: dict[int, set[str]] = {}
        for role_id, code in db.rows("SELECT role_id, permission FROM role_permission"):
            inside.setdefault(role_id, set()).add(code)
        for codes_of_role in inside.values():
            assert {need for code in codes_of_role for need in CATALOGUE[code]["needs"].split(";") if need} <= codes_of_role

    @invariant()
    def what_is_judged_is_what_set_arithmetic_says(self) -> None:
        """For everybody and every permission; who is not active may do nothing."""
        for (staff_id,) in db.rows("SELECT id FROM staff"):
            verdicts = access.of(CONSOLE, staff_id)
            assert {code for code, verdict in verdicts.items() if verdict.allowed} == self.allowed(staff_id)
            assert all(verdict.allowed != bool(verdict.obstacles) for verdict in verdicts.values())

    @invariant()
    def nobody_is_in_a_closed_department(self) -> None:
        """People and open sub-departments keep a department open."""
        assert not db.rows(
            "SELECT 1 FROM staff s JOIN department d ON d.id = s.department_id WHERE d.closed_at IS NOT NULL AND s.status <> 'left'"
        )
        assert not db.rows(
            "SELECT 1 FROM department c JOIN department p ON p.id = c.parent_id WHERE c.closed_at IS NULL AND p.closed_at IS NOT NULL"
        )

    @invariant()
    def nobody_has_a_session_who_is_not_active(self) -> None:
        """Freezing and leaving end them, in the same transaction."""
        assert not db.rows("SELECT 1 FROM session e JOIN staff s ON s.id = e.staff_id WHERE e.ended_at IS NULL AND s.status <> 'active'")

    @invariant()
    def the_log_is_whole(self) -> None:
        """Gapless, and each hash is that of what stands there."""
        previous = FIRST
        for place, row in enumerate(db.rows("SELECT * FROM audit_entry ORDER BY seq"), 1):
            assert row[0] == place
            previous = link(previous, row[:-1])
            assert row[-1] == previous


def run(machine: type[Shop], source: Path, examples: int, steps: int) -> None:
    """Let the machine try."""
    machine.source = source
    with suppress(AttributeError):
        shop.close()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


def test_random_acts_never_break_a_rule(shop_template: Path) -> None:
    """A first few hundred, at every run."""
    run(Shop, shop_template, examples=8, steps=25)


@pytest.mark.slow
def test_ten_thousand_random_acts_never_break_a_rule(shop_template: Path) -> None:
    """Two hundred shops, fifty acts each."""
    run(Shop, shop_template, examples=200, steps=50)
