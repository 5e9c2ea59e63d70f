"""The hand-over card, printed."""

from __future__ import annotations

import re
import stat
from html.parser import HTMLParser

import pytest
import zxingcpp

from models import clock, i18n
from models.errors import NotAllowed
from models.operations import hand_over, onboarding
from models.operations.codes import FreshCode
from models.operations.staff import Profile
from models.rules.codes import new
from models.rules.hand_over import Card, Reset, html, picture
from tests.factories import Founded
from tests.hostile import LITERAL, REFUSED, WELCOME
from tui.language import speak

NOON = clock.end_of_day("2026-12-31", "UTC") - 12 * clock.HOUR - 2_999_999
EMPTY = {"meta", "link", "br", "wbr", "path", "img", "input"}


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every tag closes the one that was opened last."""
        if tag not in EMPTY:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        if self._open and self._open[-1] != "style":
            self.words += data


def seen(svg: str) -> str:
    """What a camera reads off the picture, drawn as a browser would draw it."""
    box = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    path = re.search(r'stroke="#000" d="([^"]+)"', svg)
    assert box
    assert path
    side, scale = int(box[1]), 4
    dark = [[False] * side for _row in range(side)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1]):
        given = [float(number) for number in numbers.split()]
        if command == "h":
            for column in range(int(x), int(x + given[0])):
                dark[int(y)][column] = True
            x += given[0]
        else:
            x, y = (given[0], given[1]) if command == "M" else (x + given[0], y + given[1])
    rows = [bytes(0 if cell else 255 for cell in row for _times in range(scale)) for row in dark for _times in range(scale)]
    pixels = memoryview(b"".join(rows)).cast("B", (side * scale, side * scale))
    (found,) = zxingcpp.read_barcodes(pixels)
    return str(found.text)


def card(name: str = "Carol Li 李卡", shop: str = "Little Shop") -> Card:
    """A card for Carol."""
    return Card(shop, "little-shop:carol", name, new(), "2026-12-31 14:05 (Asia/Shanghai)")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_card_says_everything_it_takes_to_come_in(language: i18n.Language) -> None:
    """Account, code, until when, and how; in either language."""
    speak(language)
    try:
        carol = card()
        page = Page(html(carol))
    finally:
        i18n.install("en")
    for word in ("Little Shop", "Carol Li 李卡", "little-shop:carol", carol.code, carol.until, "shopstaff"):
        assert word in page.words
    assert ("lang", "zh-Hans" if language == "zh" else "en") in page.attributes


def test_a_camera_reads_the_code_off_the_picture() -> None:
    """The picture says the code and nothing else, as light and dark enough to be read from paper."""
    for _time in range(10):
        code = new()
        assert seen(picture(code)) == code


@pytest.mark.parametrize(
    "said", [*REFUSED.values(), *LITERAL.values(), *WELCOME.values(), "</style><script>alert(1)</script>", '"><img src=x>']
)
def test_nothing_that_somebody_typed_is_markup(said: str) -> None:
    """Names stand on the sheet as they are; no tag comes out of them, and nothing that cannot be seen."""
    plain = Page(html(card("x", "y")))
    page = Page(html(card(said, said)))
    assert page.tags == plain.tags
    assert not set(page.words) & {"\x1b", "\x00", "\u202e", "\u200b"}


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    """It is all there is: no address in it but names of standards, no script."""
    page = Page(html(card()))
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not [value for name, value in page.attributes if name in {"src", "href", "xlink:href"} or name.startswith("on")]
    assert "default-src 'none'" in html(card())
    assert "url(" not in html(card())
    assert "@import" not in html(card())


def test_the_card_is_written_into_the_outbox_for_whoever_made_the_code(little_shop: Founded) -> None:
    """Under the name of the account, unreadable for others."""
    clock.set_clock(lambda: NOON)
    fresh = onboarding.onboard(little_shop.owner, onboarding.Newcomer("carol", Profile("Carol Li"), "service"))
    path = hand_over.print_card(little_shop.owner, "Carol Li", fresh)
    assert path.name == "hand-over-carol-20261231-195957.html"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    words = Page(path.read_text(encoding="utf-8")).words
    assert fresh.code in words
    assert "2027-01-07 19:59 (Asia/Shanghai)" in words


def test_printing_takes_what_onboarding_takes(little_shop: Founded) -> None:
    """Staff without administration cannot fill the outbox."""
    bob = little_shop.person("bob", gave=["customer_service"])
    with pytest.raises(NotAllowed):
        hand_over.print_card(bob, "Carol", FreshCode("carol", new(), NOON))
    assert list((little_shop.home / "outbox").iterdir()) == []


@pytest.mark.parametrize(
    ("reset", "chooses", "types", "anew"),
    [
        (None, True, False, False),
        (Reset(password=True), True, False, False),
        (Reset(totp=True), False, True, True),
        (Reset(password=True, totp=True), True, False, True),
    ],
)
def test_p9_the_card_says_how_to_come_back_after_each_kind_of_reset(reset: Reset | None, chooses: bool, types: bool, anew: bool) -> None:
    """A new password by the code, the code after the password, phone codes set up anew; whatever of it is due."""
    page = " ".join(Page(html(card()._replace(reset=reset))).words.split())
    assert ("Choose a password of your own." in page) is chooses
    assert ("Type this reset code when you are asked for it." in page) is types
    assert ("set up your phone codes anew" in page) is anew
    assert ("Activation code" in page) is (reset is None)
    assert ("Reset code" in page) is (reset is not None)


def test_p9_printing_the_card_of_a_reset_takes_what_the_reset_takes(little_shop: Founded) -> None:
    """Who onboards does not thereby hand out resets, nor the other way round."""
    onboarder = little_shop.person("bob", gave=["customer_service"], extras=["staff.manage"])
    resetter = little_shop.person("carl", gave=["customer_service"], extras=["staff.security.reset"])
    fresh = FreshCode("carol", new(), NOON)
    for actor, reset in ((onboarder, Reset(password=True)), (resetter, None)):
        with pytest.raises(NotAllowed):
            hand_over.print_card(actor, "Carol", fresh, reset)
    assert hand_over.print_card(resetter, "Carol", fresh, Reset(totp=True)).exists()


def test_an_account_is_written_with_its_shop(little_shop: Founded) -> None:
    """One spelling of it, on cards and on the screen."""
    assert hand_over.account("alice") == "little-shop:alice"
    assert hand_over.card("Alice", FreshCode("alice", new(), NOON)).account == hand_over.account("alice")
