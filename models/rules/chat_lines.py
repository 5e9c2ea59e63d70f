"""Lines by which other programs hand over messages of customers and staff: one JSON object a line, judged before anything is looked up.

    {"id": "tb-88812", "customer": "小河1988", "staff": "lilei", "at": "2026-11-22T09:31:07+08:00", "from": "customer", "text": "有货吗？"}

Whatever is in a line, what comes of it is a `Line` or a `Bad`; nothing is raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from models import text
from models.errors import Invalid
from models.i18n import N_, _

LONGEST: Final = 64 * 1024
"""Bytes of a line: room for a text of the greatest length, every character of it escaped."""

TEXT_LIMIT: Final = 10_000
CUSTOMER_LIMIT: Final = 100
ID_LIMIT: Final = 200
"""Characters."""

EARLIEST: Final = 946_684_800_000_000
"""The year 2000, UTC microseconds: what is from before it bears the time of a clock that was never set."""

AHEAD: Final = 120 * 1_000_000
"""So far ahead of this machine's clock another's may be, microseconds."""

SENDERS: Final = ("customer", "staff", "auto")

JSON, FIELD, LONG, TIME, FUTURE, LOGIN, OTHER, CUT = "json", "field", "long", "time", "future", "staff", "other", "cut"
"""Why a line is refused, for programs: these words are the same in every language. What was refused for `FUTURE` or `LOGIN` may be good
later; the others never are."""

NO_JSON: Final = N_("This is no JSON object in UTF-8.")
TOO_LONG: Final = N_("A line has at most {limit} bytes.")
CUT_OFF: Final = N_("This line is cut off in the middle.")
TWICE: Final = N_("A key stands in it twice.")
NO_TEXT: Final = N_("It has to be there, and to be text.")
NO_ID: Final = N_("It has to be 1 to {limit} characters that can be seen, on one line.")
NO_SENDER: Final = N_("It is customer, staff or auto.")
NO_TIME: Final = N_("A moment looks like 2026-11-22T09:31:07+08:00, with its distance from UTC.")
TOO_EARLY: Final = N_("That is before the year 2000.")
TOO_LATE: Final = N_("That is in the future. This machine's clock says {now}.")
NOBODY: Final = N_("There is nobody with the login “{value}”.")
ANOTHER: Final = N_("Another message has this id already. Nothing was overwritten.")
CROWDED: Final = N_("Too many messages bear this very moment.")
_OF_FIELD: Final = N_("“{field}”: {reason}")

_SHOWN: Final = 40
"""Characters of a wrong login that are told."""

_BOM: Final = b"\xef\xbb\xbf"
_AT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)
_MONTHS_LAST: Final = 60
"""The second that there is once in some years, at the end of a UTC day; it counts as the first of the next."""

# Nearly every message: nothing of it can be hostile, so nothing has to be looked at one by one.
_PLAIN: Final = re.compile(
    "[\n -~\xa1-\xac\xae-\xff\u2010-\u2027\u3001-\u3029\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e\U0001f300-\U0001f64f\U0001f900-\U0001f9ff]*"
)
_PICTURES: Final = "\u2190-\u2bff\U0001f000-\U0001faff"
_JOINER: Final = re.compile(f"(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}])")
_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


class Line(NamedTuple):
    """A message as another program tells it.

    Attributes:
        ref: what that program calls it.
        customer: id or nick, as the marketplace gives it.
        login: of the colleague.
        at: UTC microseconds.
        sender: one of `SENDERS`.
        text: as it may be shown.
    """

    ref: str
    customer: str
    login: str
    at: int
    sender: str
    text: str


class Bad(NamedTuple):
    """A line that cannot be taken, and why.

    Attributes:
        because: for programs, `JSON` to `CUT`.
        reason: a marked sentence; `facts` fill its placeholders.
        ref: its id, where that much could be read.
        field: what of it is wrong; "" where it is the whole line.
    """

    because: str
    reason: str
    facts: Mapping[str, object] = {}
    ref: str | None = None
    field: str = ""

    @property
    def message(self) -> str:
        """The reason, in the language in force."""
        said = _(self.reason).format(**self.facts)
        return _(_OF_FIELD).format(field=self.field, reason=said) if self.field else said


class _RefusedError(Exception):
    """A field cannot be taken."""

    def __init__(self, field: str, because: str, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.bad: Final = Bad(because, reason, facts, field=field)


class _TwiceError(ValueError):
    """An object has a key twice: which of both was meant, nobody knows."""


def parsed(data: bytes, now: int) -> Line | Bad:
    """What a line says, its line feed included: a line without one is where a file was cut off, if it makes no sense.

    Args:
        now: UTC microseconds.
    """
    if len(data) > LONGEST:
        return Bad(LONG, TOO_LONG, {"limit": LONGEST})
    try:
        found = _DECODER.decode(data.removeprefix(_BOM).decode())
    except _TwiceError:
        return Bad(JSON, TWICE)
    except (ValueError, RecursionError):  # no UTF-8, no JSON; brackets as deep as the line is long
        return Bad(JSON, NO_JSON) if data.endswith(b"\n") else Bad(CUT, CUT_OFF)
    if not isinstance(found, dict):
        return Bad(JSON, NO_JSON)
    ref: str | None = None
    try:
        ref = _ref(found)
        return Line(ref, _customer(found), _login(found), _at(found, now), _sender(found), _text(found))
    except _RefusedError as refused:
        return refused.bad._replace(ref=ref)


def moment(value: str) -> int | None:
    """The moment that RFC 3339 writes so, UTC microseconds; None where it is none. What is finer than a microsecond is cut off."""
    found = _AT.fullmatch(value)
    if found is None or (days := _days(found[1])) is None:
        return None
    hour, minute, second = int(found[2]), int(found[3]), int(found[4])
    ahead_hours, ahead_minutes = int(found[7] or 0), int(found[8] or 0)
    if hour > 23 or minute > 59 or second > _MONTHS_LAST or ahead_hours > 23 or ahead_minutes > 59:
        return None
    ahead = (ahead_hours * 60 + ahead_minutes) * (-60 if found[6] == "-" else 60)
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - ahead
    if second == _MONTHS_LAST and seconds % 86_400:
        return None
    return seconds * 1_000_000 + int(((found[5] or "") + "000000")[:6])


def kept(words: str) -> str:
    """A text as it is kept: what must not be shown becomes `�`; line ends are one kind, and joined pictures stand beside each other."""
    if _PLAIN.fullmatch(words):
        return words
    words = _LINE_ENDS.sub("\n", words).replace("\t", " ")
    return text.visible(_JOINER.sub("", words), lines=True)


def nobody(login: str, ref: str) -> Bad:
    """A line whose colleague there is not."""
    return Bad(LOGIN, NOBODY, {"value": text.visible(login[:_SHOWN])}, ref)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError
    return found


def _never(constant: str) -> Any:
    raise ValueError(constant)  # NaN and Infinity, which JSON has not


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_never)


def _words(found: Mapping[str, Any], field: str) -> str:
    value = found.get(field)
    if not isinstance(value, str):
        raise _RefusedError(field, FIELD, NO_TEXT)
    return value


def _ref(found: Mapping[str, Any]) -> str:
    value = _words(found, "id")
    if not 0 < len(value) <= ID_LIMIT or value.isspace() or text.visible(value) != value:
        raise _RefusedError("id", FIELD, NO_ID, limit=ID_LIMIT)
    return value


def _customer(found: Mapping[str, Any]) -> str:
    value = _words(found, "customer")
    try:
        return _called(value) if len(value) <= ID_LIMIT else text.clean("customer", value, limit=CUSTOMER_LIMIT, required=True)
    except Invalid as error:
        raise _RefusedError("customer", FIELD, error.reason, **error.facts) from None


def _login(found: Mapping[str, Any]) -> str:
    value = _words(found, "staff")
    login = _meant(value) if len(value) < ID_LIMIT else None
    if login is None:
        raise _RefusedError("", LOGIN, NOBODY, value=text.visible(value[:_SHOWN]))
    return login


def _at(found: Mapping[str, Any], now: int) -> int:
    at = moment(_words(found, "at"))
    if at is None:
        raise _RefusedError("at", TIME, NO_TIME)
    if at < EARLIEST:
        raise _RefusedError("at", TIME, TOO_EARLY)
    if at > now + AHEAD:
        raise _RefusedError("at", FUTURE, TOO_LATE, now=_second(now))
    return at


def _sender(found: Mapping[str, Any]) -> str:
    value = _words(found, "from")
    if value not in SENDERS:
        raise _RefusedError("from", FIELD, NO_SENDER)
    return value


def _text(found: Mapping[str, Any]) -> str:
    value = _words(found, "text")
    if len(value) > TEXT_LIMIT:
        raise _RefusedError("text", LONG, N_("At most {limit} characters; these are {length}."), limit=TEXT_LIMIT, length=len(value))
    return kept(value)


@lru_cache(maxsize=256)
def _days(day: str) -> int | None:
    """Days since 1970; None where there is no such day."""
    try:
        return date.fromisoformat(day).toordinal() - _EPOCH
    except ValueError:
        return None


_EPOCH: Final = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=4096)
def _called(customer: str) -> str:
    """A customer as they are kept; most write more than once."""
    return text.clean("customer", customer, limit=CUSTOMER_LIMIT, required=True)


@lru_cache(maxsize=256)
def _meant(login: str) -> str | None:
    """The login that was meant; None where it cannot be one."""
    try:
        return text.login("staff", login)
    except Invalid:
        return None


def _second(us: int) -> str:
    return f"{datetime.fromtimestamp(us // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
