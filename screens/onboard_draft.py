"""What was typed and ticked on the way to onboarding somebody: kept at every step, so that a lost connection loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from models import catalogue, clock
from models.errors import Invalid
from models.operations.onboarding import Newcomer
from models.operations.staff import Profile
from models.queries.security import policy
from models.rules import device_keys, sharing
from models.rules.device_keys import DeviceKey
from models.rules.grants import AccessChange
from models.text import half_width
from screens.access_draft import EXTRA, ROLE, AccessDraft, What
from screens.sharing_words import SHARING

KIND: Final = "onboard"
"""What these drafts are kept under."""

PERSON: Final = ("login", *Profile._fields)
STEPS: Final = 4
NOWHERE: Final = 0
"""In place of a department's id: directly below the shop."""


class OnboardDraft:
    """Somebody to be onboarded, as far as they are known.

    Attributes:
        step: where the person at work is, from 1.
        person: login and profile, as typed.
        department: an id, or `NOWHERE`.
        post: `service` or `operations`.
        days: how long the code is to be good, as typed.
        key: the public key of their device, as typed; "" for none.
        device: what that device is called, as typed; "" for a name of ours.
        access: the roles and extras that are ticked.
    """

    def __init__(self) -> None:
        self.step = 1
        self.person: dict[str, str] = dict.fromkeys(PERSON, "")
        self.department = NOWHERE
        self.post = catalogue.SERVICE
        self.days = str(policy().policy.activation_days)
        self.key = ""
        self.device = ""
        self.access = AccessDraft()

    @property
    def name(self) -> str:
        """How to call them: by name, else by login."""
        return self.person["name"].strip() or self.person["login"].strip()

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed or ticked yet."""
        return self.payload() == OnboardDraft().payload()

    @property
    def device_key(self) -> DeviceKey | None:
        """The public key of their device; None where none was typed, or what was typed is none."""
        try:
            return device_keys.parse("key", self.key)
        except Invalid:
            return None

    @property
    def change(self) -> AccessChange:
        """What is to be given."""
        return self.access.change()

    def newcomer(self) -> Newcomer:
        """The same as models take it; whatever is wrong with it is theirs to say."""
        days = half_width(self.days).strip()
        return Newcomer(
            self.person["login"],
            Profile(**{field: self.person[field] for field in Profile._fields}),
            self.post,
            self.department or None,
            self.change.give_roles,
            self.change.give_extras,
            int(days) if days.isdecimal() and len(days) < 4 else 0,  # 0 is no number of days, either
            self.key,
            self.device,
        )

    def take(self, values: Mapping[str, object]) -> None:
        """Take over what stands in the fields of a step."""
        for field, value in values.items():
            if field in self.person:
                self.person[field] = str(value or "")
            elif field == "department":
                self.department = int(str(value or NOWHERE))
            elif field == "post" and value in catalogue.POSTS:
                self.post = str(value)
            elif field in {"days", "key", "device"}:
                setattr(self, field, str(value or ""))
            elif field == SHARING and value in sharing.SETTINGS:
                self.share(str(value))

    @property
    def sharing(self) -> str:
        """Whose chat records they are to read: the setting that the extras that are ticked amount to."""
        return sharing.amounts_to(self._extras)

    def share(self, setting: str) -> None:
        """Tick the extras that make the setting, or take the ticks away; the end of the narrower one is the wider one's, too."""
        ends = self._extras
        if sharing.amounts_to(ends) == setting:
            return
        change = sharing.change(ends, setting, ends.get(sharing.TEAM_CODE))
        for gift in change.give_extras:
            self.access.end_on(What(EXTRA, gift.permission), gift.until)
        for code in change.take_extras:
            self.access.toggle(What(EXTRA, code))

    @property
    def _extras(self) -> dict[str, int | None]:
        return {str(what.key): given.until for what, given in self.access.wanted.items() if what.kind == EXTRA}

    def start_from(self, change: AccessChange) -> None:
        """Tick what somebody else has, in place of what was ticked."""
        self.access = AccessDraft()
        for role in change.give_roles:
            self.access.end_on(What(ROLE, role.role_id), role.until)
        for extra in change.give_extras:
            self.access.end_on(What(EXTRA, extra.permission), extra.until)

    # ---- kept and found again

    def payload(self) -> dict[str, object]:
        """As it is kept; nothing in it is a secret: of what was pasted for a key only a public one is in it."""
        return {
            "step": self.step,
            "person": dict(self.person),
            "department": self.department,
            "post": self.post,
            "days": self.days,
            "key": key.line if (key := self.device_key) is not None else "",
            "device": self.device,
            "roles": [list(gift) for gift in self.change.give_roles],
            "extras": [list(gift) for gift in self.change.give_extras],
        }

    @classmethod
    def found(cls, payload: Mapping[str, Any], *, roles: Collection[int], departments: Collection[int]) -> OnboardDraft:
        """A draft that was kept, without what is no longer there.

        Args:
            roles: ids of the roles that there are; `departments` likewise.
        """
        draft = cls()
        person = payload.get("person")
        draft.take(person if isinstance(person, dict) else {})
        draft.take({field: payload[field] for field in ("post", "days", "key", "device") if field in payload})
        if payload.get("department") in departments:
            draft.department = int(payload["department"])
        now = clock.now()
        known: dict[str, set[Any]] = {
            ROLE: set(roles),
            EXTRA: {code for code, each in catalogue.permissions().items() if not each.owner_only},
        }
        for kind, gifts in ((ROLE, payload.get("roles")), (EXTRA, payload.get("extras"))):
            for key, until in gifts or ():
                if key in known[kind] and (until is None or until >= now):
                    draft.access.end_on(What(kind, key), until)
        draft.step = min(max(1, int(payload.get("step") or 1)), STEPS)
        return draft
