"""Every screen there is, and the keys that lead to it in a furnished shop: for what has to hold wherever somebody is.

A new screen is a line in `PLACES`; tests/screens/test_places.py fails until it has one, test_p18.py until its keys lead to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pyotp

from models import clock, db, shop
from models.operations import (
    departments,
    drafts,
    ownership,
    policy,
    requests,
    roles as role_operations,
    seats,
    separation,
    staff as operations,
    totp,
)
from models.operations.staff import Profile
from models.rules import codes
from models.rules.policy import HIGH_RISK, NOBODY, Policy
from models.tables import Policy as PolicyTable, RecoveryCode, Session, Staff
from tests import factories
from tests.chats import AUTO, CUSTOMER, STAFF, conversation
from tests.device_keys import ed25519, enrolled
from tests.factories import DAY, PASSWORD, Founded
from tests.rosters import csv_of

ACTIVATING, KEPT_LOGIN, ROSTER = "dave", "erin", "people.csv"

KEY_FILE: Final = "tablet.pub"

CAREFUL: Final = "tina"
"""Has TOTP, and wrote a recovery code down."""

RECOVERY: Final = "0123456789ABCDEFGHJKMNPQ"


class Place(NamedTuple):
    """A screen, and the way to it.

    Attributes:
        screen: its class.
        keys: pressed one after the other; what begins with `=` is waited for, of longer words each letter is a key.
        shows: words by which one knows that one is there.
        who: whoever is signed in first; "" for nobody.
        founded: whether there is a shop.
        data: whether it shows what people typed; else there is nothing hostile on it.
        keeps: what the wizard's draft has to hold afterwards.
        first: what has to happen before in the shop that was furnished, a name in `FIRST`.
        title: tells places of the same screen apart.
    """

    screen: str
    keys: tuple[str, ...]
    shows: str
    who: str = "owner"
    founded: bool = True
    data: bool = True
    keeps: str = ""
    first: str = ""
    title: str = ""

    @property
    def name(self) -> str:
        """For tests: the screen, and which of several."""
        return f"{self.screen} {self.title}".strip()


_PERSON: Final = ("4", "/", "alice", "enter", "enter", "=:alice")
_STANDS_IN: Final = (*_PERSON, "s", "=What is to become", "enter", "=Who stands in", "carol", "=Carol Li", "enter")
_REPLACES: Final = (*_PERSON, "s", "=What is to become", "down", "enter", "=Who takes over", "carol", "=Carol Li", "enter")
_WIZARD: Final = ("4", "n", "=Onboard · 1", "newcomer", "tab", "New Comer", "=New Comer")
_ACCOUNT: Final = (*_WIZARD, "ctrl+s", "=Onboard · 2")
_ACCESS: Final = (*_ACCOUNT, "ctrl+s", "=Onboard · 3")
_ROSTER: Final = ("4", "i", "=1 of 2", "enter", "=2 of 2")

_WAITING: Final = ("enter",)
"""On the first line of the home screen."""

_REVIEWED: Final = ("6", "r", "/", "alice", "enter")

_HALF_IN: Final = ("=Password", CAREFUL, "tab", PASSWORD, "enter", "=the phone code that your app")
_IN_BY_CODE: Final = (*_HALF_IN, RECOVERY, "enter", "=1 Home")

PLACES: Final = (
    # ---- nobody is signed in
    Place("SetupScreen", ("Corner",), "Short code", who="", founded=False, data=False),
    Place("SignInScreen", ("alice", "tab"), "Sign in", who=""),
    Place("ActivateScreen", ("ctrl+n", "=Once more"), "Once more", who=""),
    Place("SecondFactorScreen", _HALF_IN, "the phone code that your app", who=""),
    Place("EnrolFirstScreen", ("=Password", "alice", "tab", PASSWORD, "enter"), "Scan this", who="", data=False, first="must enrol"),
    # ---- sections
    Place("HomeScreen", (), "1 Home"),
    Place("HomeScreen", (), "What you have", who="carol", title="of staff"),
    Place("DepartmentsScreen", ("2",), "Night shift"),
    Place("RolesScreen", ("3",), "Live host"),
    Place("StaffScreen", ("4",), "alice"),
    Place("StaffScreen", ("4", "/", "ali"), "alice", title="searched"),
    Place("SecurityScreen", ("5",), "thing", title="posture"),
    Place("SecurityScreen", ("5", "a"), "alice", title="people"),
    Place("SecurityScreen", ("5", "f"), "newest first", title="failures"),
    Place("AuditScreen", ("6",), "Everything that was done"),
    Place("AuditScreen", ("6", "/", "ali"), "alice", title="searched"),
    Place("ChatsScreen", ("7",), "Everybody's conversations"),
    Place("ChatsScreen", ("7", "down", "enter", "="), "Everybody's conversations", title="of a colleague"),
    Place("ChatsScreen", ("7",), "of your department and below", who="carol", title="of a lead"),
    Place("ShopScreen", ("8",), "Short code"),
    Place("MyAccessScreen", ("9",), "little-shop:owner"),
    Place("MyAccessScreen", ("9",), "little-shop:carol", who="carol", title="of staff"),
    # ---- one thing of a section
    Place("RoleDetailScreen", ("3", "end", "enter"), "Live host"),
    Place("RoleHoldersScreen", ("3", "end", "h"), "Given by"),
    Place("RoleCompareScreen", ("3", "end", "=", "enter"), "Compare two roles"),
    Place("SeparationScreen", ("3", "a"), "Kept apart", first="kept apart"),
    Place("ViolationsScreen", ("3", "a", "=Kept apart", "enter"), "holds both", first="kept apart"),
    Place("StaffDetailScreen", _PERSON, ":alice"),
    Place("StaffEditScreen", (*_PERSON, "e", "half"), "Nickname"),
    Place("AccessChangeScreen", (*_PERSON, "a", "space"), "Access of"),
    Place("AccessPreviewScreen", (*_PERSON, "a", "space", "enter"), "→ post"),
    Place("LeaveScreen", (*_PERSON, "l"), "What ends"),
    Place("StandInScreen", _STANDS_IN, "stands in for Alice"),
    Place("ReplaceScreen", _REPLACES, "takes over from Alice"),
    Place("SuccessionPreviewScreen", (*_REPLACES, "=takes over from Alice", "ctrl+s"), "permissions"),
    Place("ShopEditScreen", ("8", "e", "half"), "Edit"),
    Place("LimitsScreen", (*_PERSON, "i", "203.0.113.7"), "Limits"),
    Place("BackupScreen", ("8", "b"), "Back up now", data=False),
    Place("SeatsScreen", ("8", "s"), "seats are taken", data=False, first="seats"),
    Place("BuySeatsScreen", ("8", "s", "n", "5"), "Buy seats", data=False),
    Place("GiftSeatsScreen", ("8", "s", "g", "5"), "Gifted seats", data=False),
    Place("PolicyScreen", ("8", "p", "right"), "Security policy", data=False),
    Place("MySecurityScreen", ("9", "s"), "Password", data=False),
    Place("DevicesScreen", ("9", "s", "d"), "Your device keys"),
    Place("DevicesScreen", (*_PERSON, "d"), "Device keys · Alice", title="of another"),
    Place("EnrolDeviceScreen", ("9", "s", "d", "n", "half", "tab", "ssh-ed25519 AAAA"), "Public key", data=False),
    Place("EnrolDeviceScreen", (*_PERSON, "d", "n"), "Enrol a device key", title="of another"),
    Place("Confirm", ("9", "s", "d", "x"), "Revoke “", title="of a device key"),
    Place("RequestsScreen", ("9", "r"), "Your requests", who="carol", first="asked"),
    Place("Choose", ("9", "r", "n", "="), "What do you need?", who="carol", title="of what to ask for"),
    Place("RequestNewScreen", ("9", "r", "n", "=What do you", "audit", "enter", "=Ask for", "tab", "half"), "Ask for: ", who="carol"),
    Place("Tell", ("9", "r", "enter"), "Asked for: ", who="carol", first="asked", title="of a request"),
    Place("RequestsWaitingScreen", _WAITING, "for you", first="asked"),
    Place("RequestDecideScreen", (*_WAITING, "=for you", "enter"), "Reason: ", first="asked"),
    Place("Ask", (*_WAITING, "=for you", "enter", "=Reason: ", "d", "half"), "Why not", first="asked", title="of a word"),
    Place("RequestHistoryScreen", (*_WAITING, "=for you", "h"), "everybody you manage", first="asked"),
    Place("SignInsScreen", ("9", "s", "h"), "Your sign-ins", data=False),
    Place("ChangePasswordScreen", ("9", "s", "p", PASSWORD, "tab", "half"), "Password until now", data=False),
    Place("EnrolTotpScreen", ("9", "s", "t"), "Scan this", data=False),
    Place("RecoveryCodesScreen", (*_IN_BY_CODE, "9", "s", "r"), "Write these down", who="", data=False),
    Place("GiveShopScreen", ("8", "g"), "To whom"),
    Place("OfferedShopScreen", ("8", "g"), "Offered to", first="offered"),
    Place("TakeShopScreen", (*_IN_BY_CODE, "enter"), "Offered by", who="", first="offered"),
    Place("AcceptShopScreen", (*_IN_BY_CODE, "enter", "=Offered by", "a", "y"), "Prove once more", who="", first="offered"),
    Place("HandOverScreen", ("4", "/", "dave", "enter", "enter", "=:dave", "c", "y"), "Hand over"),
    Place("SignedInScreen", ("6", "w"), "Signed in now"),
    Place("VerifyLogScreen", ("6", "v"), "Verify the log", data=False),
    Place("ReviewScreen", ("6", "r"), "By permission", title="people"),
    Place("ReviewScreen", ("6", "r", "w"), "Reveal buyers", data=False, title="permissions"),
    Place("ReviewScreen", ("6", "r", "f"), "Roles that nobody holds", data=False, title="findings"),
    Place("ReviewPersonScreen", (*_REVIEWED, "enter", "=Access review · Alice"), "Role or extra"),
    Place("ReviewHoldersScreen", ("6", "r", "w", "down", "enter"), "may"),
    Place("ReviewFoundScreen", ("6", "r", "f", "=Roles that nobody", "home", "enter"), "Ends within"),
    Place("EntryScreen", ("6", "enter"), "From where"),
    Place("FilterScreen", ("6", "f", "half"), "Show only", data=False),
    Place("EntriesOfScreen", (*_PERSON, "o"), "History · Alice"),
    Place("EntriesOfScreen", ("9", "b"), "What you did", who="carol", title="of staff"),
    Place("HighRiskScreen", ("6", "h"), "High-risk acts"),
    Place("HitsScreen", ("7", "/", "refund", "enter"), "found"),
    Place("HitsScreen", ("7", "/", "refund", "enter", "=found", "enter"), "Everybody's conversations", title="read"),
    Place("FiguresScreen", ("7", "g"), "Work figures"),
    Place("FiguresDaysScreen", ("7", "g", "=All together", "down", "enter"), "Work figures · "),
    Place("FiguresWaitingScreen", ("7", "g", "=All together", "u", "=Waits since", "end"), "Waits since"),
    Place("MyFiguresScreen", ("7", "g", "=All together", "m"), "My figures", data=False),
    Place("ChatFilterScreen", ("7", "f", "half"), "Show only", data=False),
    # ---- onboarding
    Place("OnboardScreen", _WIZARD, "Onboard · 1", keeps="New Comer", title="1"),
    Place("OnboardScreen", _ACCOUNT, "Onboard · 2", data=False, keeps="New Comer", title="2"),
    Place("OnboardScreen", (*_ACCESS, "space"), "Onboard · 3", keeps="New Comer", title="3"),
    Place("OnboardScreen", (*_ACCESS, "space", "enter"), "Onboard · 4", keeps="New Comer", title="4"),
    # ---- many at once
    Place("ImportScreen", ("4", "i"), "Choose a file"),
    Place("ImportPasteScreen", ("4", "i", "v", "login,name"), "Paste rows", data=False),
    Place("ImportCheckScreen", _ROSTER, "2 of 2"),
    Place("ImportedScreen", (*_ROSTER, "i", "y"), "Import staff · Done", data=False),
    # ---- in front of everything
    Place("LockScreen", ("ctrl+l",), "The session is locked", data=False),
    Place("Prove", (*_PERSON, "z", "y"), "Prove once more", first="long ago"),
    # ---- dialogs
    Place("Confirm", (*_PERSON, "z"), "Freeze"),
    Place("Confirm", (*_PERSON, "l", "=What ends", "ctrl+s"), "leaves today", title="of leaving"),
    Place("Tell", (*_ROSTER, "enter"), "Line 2"),
    Place("Ask", ("3", "n", "half"), "New role"),
    Place("Help", ("2", "?"), "Help", data=False),
    Place("Choose", (*_PERSON, "m"), "Move"),
    Place("Choose", ("9", "s", "d", "n", "ctrl+o"), "Which file?", data=False, title="of files"),
    Place("Choose", (":",), "Commands", data=False, title="of commands"),
    Place("Choose", ("4", "n"), "You were onboarding", who="alice", title="of drafts"),
    Place("ChoosePerson", ("2", "down", "h"), "Who leads"),
    Place("WhyDialog", (*_PERSON, "w", "enter"), "may use"),
)

EXEMPT: Final = {
    "FittedScreen": "what all are made from",
    "PlainScreen": "as above",
    "BareScreen": "as above",
    "DeskScreen": "as above",
    "DetailScreen": "as above",
    "FormScreen": "as above",
    "PartsScreen": "what security and the access review are made from",
    "SuccessionScreen": "what standing in and taking over are made from",
    "NewSeatsScreen": "what buying seats and writing gifted ones down are made from",
    "EntriesScreen": "what lists of entries are made from",
    "CountingScreen": "what work figures are made from",
    "PeriodScreen": "as above",
    "ChatDesk": "what the conversations and what was found in them are made from",
    "SearchingDesk": "as above",
    "Dialog": "what dialogs are made from",
    "Picker": "as above",
    "Working": "goes away by itself: tests/terminal/test_p14.py ends an import in the middle of its work",
}
"""Screens without a line, and why."""


NAMED: Final = frozenset(
    {"enter", "tab", "esc", "up", "down", "end", "home", "left", "right", "space", "ctrl+l", "ctrl+n", "ctrl+o", "ctrl+s"}
)
"""Keys that have names; everything else is typed as it stands."""


def steps(place: Place) -> Iterator[tuple[str, str]]:
    """The way from the door: `("key", name)`, `("type", text)` and `("wait", words)`."""
    signing_in = ("=Password", place.who, "tab", PASSWORD, "enter", "=1 Home") if place.who else ()
    for each in (*signing_in, *place.keys, f"={place.shows}"):
        if each.startswith("=") and len(each) > 1:
            yield "wait", each[1:]
        else:
            yield ("key" if each in NAMED else "type"), each


def furnish(little: Founded) -> None:
    """Put something behind every door: people in every state, a night shift, a role of the shop's own, a draft, a file to import."""
    owner = little.owner
    policy.edit(owner, 1, Policy(totp=NOBODY, sessions_each=5))
    night = departments.add(owner, "Night shift", 1)
    role_operations.add(owner, "Live host", ("goods.view", "chat.receive"))
    little.person("alice", name="Alice Wang", gave=["manager", "Live host"], extras=["goods.price.edit"], department_id=2)
    little.person("carol", name="Carol Li 李卡", post="service", gave=["service_lead"], department_id=night, until=clock.now() + 5 * DAY)
    little.person("bob", name="Bob Zhao", post="service", gave=["Live host"], department_id=night)
    little.person(ACTIVATING, name="Dave", gave=["warehouse"], status="invited")
    little.person("gone", name="Gone Girl", gave=["finance"])
    operations.edit(owner, little.id_of("alice"), 1, Profile("Alice Wang", "Ali", "A-007", "13800138000", "alice@example.com"))
    operations.freeze(owner, little.id_of("bob"))
    operations.leave(owner, little.id_of("gone"))
    careful(little)
    departments.set_head(owner, night, 1, little.id_of("carol"))
    drafts.keep(factories.signed_in("alice", "203.0.113.7"), "onboard", {"person": {"login": KEPT_LOGIN, "name": "Erin"}, "step": 1})
    for login, name in (("owner", "laptop"), ("owner", "phone"), ("alice", "Alice's laptop")):
        enrolled(little.id_of(login), name, days=40)
    inbox = little.home / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / ROSTER).write_bytes(csv_of({"name": "First"}, {"name": "Second", "roles": "Live host"}, {"login": "owner"}))
    (inbox / KEY_FILE).write_text(ed25519("tablet"))
    _conversations(clock.now())
    with db.transaction():
        Session.update(ended_at=clock.now(), end="signed out").execute()


def _conversations(now: int) -> None:
    """The owner's, which is the newest; colleagues', of whom one has left, with customers who wait and one who does not."""
    refunds = [(sender, f"Refund number {turn}, please") for turn in range(8) for sender in (CUSTOMER, AUTO, STAFF)]
    conversation("owner", "Old friend", *refunds, (CUSTOMER, "And the refund of last week? 退款呢？"), at=now - 2 * clock.HOUR)
    conversation("carol", "小河1988", (CUSTOMER, "这个杯子还有货吗？"), (STAFF, "有的，今天发货。"), at=now - DAY)
    conversation("bob", "night-owl", (CUSTOMER, "Where is my refund?"), at=now - 3 * DAY)
    conversation("gone", "night-owl", (CUSTOMER, "Thanks"), (STAFF, "You are welcome"), (CUSTOMER, "Again?"), at=now - 40 * DAY)


def careful(little: Founded) -> None:
    """Somebody who has TOTP on, and a recovery code in force."""
    tina = little.person(CAREFUL, name="Tina Turner")
    secret = totp.begin(tina).secret.replace(" ", "")
    totp.confirm(tina, pyotp.TOTP(secret).now())
    now = clock.now()
    RecoveryCode.insert(staff=tina.staff_id, digest=codes.digest(RECOVERY), created_at=now, kept_at=now).execute()


def _offered() -> None:
    ownership.offer(factories.signed_in("owner"), int(Staff.get(Staff.login == CAREFUL).id), "operations", PASSWORD)


def _asked() -> None:
    """Carol asked for two things, and was turned away once."""
    carol = factories.signed_in("carol")
    declined = requests.ask(carol, permission="data.staffperf.view", days=7, reason="For the month's figures")
    requests.decline(factories.signed_in("owner"), declined, "Ask Alice for them")
    requests.ask(carol, permission="audit.view", days=30, reason="Somebody else's week")
    requests.ask(carol, permission="chat.offline.claim", days=60, reason="The holiday")


def _kept_apart() -> None:
    """Alice held both before."""
    separation.declare(factories.signed_in("owner"), "goods.price.edit", "chat.receive", reason="Who sells does not set the price.")


def _must_enrol() -> None:
    PolicyTable.update(totp=HIGH_RISK).execute()


def _seats() -> None:
    """Counted; gifted ones wait, bought ones count, others are over."""
    owner, now = factories.signed_in("owner"), clock.now()
    seats.count(owner, on=True)
    seats.claim(owner, seats.gift(owner, 5))
    seats.gift(owner, 2, until=now + 30 * DAY)
    seats.buy(owner, 3, 200, 12)
    factories.seats(1, "bought", price=200, since=now - 90 * DAY, until=now - DAY)


def _long_ago() -> None:
    """Whoever signs in proved who they are an hour before."""
    db.database.execute_sql(
        "CREATE TRIGGER long_ago AFTER INSERT ON session BEGIN UPDATE session SET proved_at = proved_at - 3600000000 WHERE id = NEW.id; END"
    )


FIRST: Final[dict[str, Callable[[], None]]] = {
    "asked": _asked,
    "kept apart": _kept_apart,
    "long ago": _long_ago,
    "must enrol": _must_enrol,
    "offered": _offered,
    "seats": _seats,
}


def prepare(place: Place, home: Path) -> None:
    """Do in the shop in `home` what has to happen before one can come to `place`."""
    if place.first:
        shop.open(home)
        try:
            FIRST[place.first]()
        finally:
            shop.close()
