"""Both languages are complete, and whoever asks for one gets it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from models import i18n
from models.errors import NotAllowed, SeatNone, Unknown
from models.i18n import LANGUAGES, Language, _, ngettext
from tests import catalogue
from tests.source import ROOT
from tui import language


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    """The translation in force is the program's, so it is put back."""
    yield
    i18n.install("en")


@pytest.mark.parametrize("lang", catalogue.TRANSLATED)
def test_every_sentence_is_translated_and_none_of_them_wrongly(lang: str) -> None:
    """Nothing missing, nothing left over, nothing fuzzy, placeholders and quotes as they should be, and the .mo that of the .po."""
    assert list(catalogue.problems(lang)) == []


@pytest.mark.parametrize("lang", catalogue.TRANSLATED)
def test_what_is_committed_is_what_the_update_would_write(lang: str) -> None:
    """Also the places and the order, so that nobody's update brings along what somebody else changed."""
    po, mo = catalogue.updated(lang)
    same = catalogue.po_file(lang).read_bytes() == po and catalogue.po_file(lang).with_suffix(".mo").read_bytes() == mo
    assert same, "run `python -m tests.catalogue update`"


def test_the_catalogue_names_no_machine_and_no_day() -> None:
    """It would change with whoever ran the update."""
    po = catalogue.po_file("zh").read_text(encoding="utf-8")
    assert "Date" not in po.partition("\n\n")[0]
    assert str(ROOT) not in po


@pytest.mark.parametrize(
    ("english", "chinese", "fault"),
    [
        ("Freeze {name}?", "冻结{login}？", "other placeholders"),
        ("Freeze {name}?", "冻结？", "other placeholders"),
        ("Freeze {name}?", "冻结{name}吗?", "ASCII punctuation"),
        ("Frozen.", "已冻结.", "ASCII punctuation"),
        ("Frozen: {name}", "{name}, 已冻结", "ASCII punctuation"),
        ("Frozen.", "“已冻结。", "not closed"),
        ("Frozen.", '"已冻结"。', "ASCII quote"),
        ("Frozen.", "您的账号已冻结。", "您"),
        ("Frozen.", "已冻结！", "exclamation mark"),
        ("Frozen!", "已冻结。", "exclamation mark"),
        ("Frozen.", "已冻结。 ", "white space"),
        ("Frozen.", "", "not translated"),
    ],
)
def test_a_wrong_translation_is_found(english: str, chinese: str, fault: str) -> None:
    """The check of the catalogue is itself checked: each of these was written by somebody once."""
    message = Message(english, chinese)
    assert any(fault in found for found in catalogue._faults(message))


def test_a_right_translation_is_left_alone() -> None:
    """Latin words, times, codes and placeholders stand in Chinese without offence."""
    message = Message("At 9:30 “{name}” was frozen, see shop:login (no. 3)", "9:30 “{name}” 已冻结，见 shop:login（第 3 条）")
    assert list(catalogue._faults(message)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sentence_is_said_in_the_language_in_force(lang: Language) -> None:
    """A refusal is raised with facts and says its words when asked, also in a language chosen after it was raised."""
    refusal = SeatNone(used=5, seats=5)
    language.speak(lang)
    assert ("席位" in str(refusal)) == (lang == "zh")
    assert "5" in str(refusal)


def test_what_a_person_typed_is_not_translated_and_fills_no_placeholder_twice() -> None:
    """A login that looks like a placeholder stays what it is."""
    language.speak("zh")
    assert "{kind}" in str(Unknown("staff", "{kind}"))


def test_labels_of_the_catalogue_follow_the_language() -> None:
    """A permission in a refusal has its label in the reader's language, and an unknown code stands for itself."""
    language.speak("zh")
    assert "修改宝贝价格" in str(NotAllowed("goods.price.edit"))
    assert "no.such" in str(NotAllowed("no.such"))


def test_chinese_has_one_form_for_any_number() -> None:
    """Where English has two."""
    one, many = "in {n} day", "in {n} days"
    assert [ngettext(one, many, n) for n in (1, 2)] == [one, many]
    language.speak("zh")
    assert ngettext(one, many, 1) == ngettext(one, many, 2) != one


def test_a_sentence_that_no_catalogue_has_is_said_in_english() -> None:
    """Better a foreign sentence than none."""
    language.speak("zh")
    assert _("No catalogue has this sentence.") == "No catalogue has this sentence."


def test_going_back_to_english_leaves_no_chinese_behind() -> None:
    """The next person at the same terminal may read the other language."""
    language.speak("zh")
    language.speak("en")
    assert i18n.language() == "en"
    assert str(SeatNone(used=1, seats=1)).startswith("No seat is free")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zh-Hans-CN"}, "zh"),
        ({"LANG": "ZH_TW"}, "zh"),
        ({"LANG": "zha_CN"}, "en"),  # Zhuang is not Chinese
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),  # an empty variable is one that is not set
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en_US:zh"}, "en"),
        ({"LANGUAGE": "zh_CN"}, "zh"),
        ({"LC_ALL": "C", "LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANGUAGE": "zh_CN"}, "en"),
        ({"LANG": "POSIX", "LANGUAGE": "zh_CN"}, "en"),
        ({"LANG": "../../etc/passwd", "LANGUAGE": ":::"}, "en"),
        ({"LC_CTYPE": "zh_CN.UTF-8"}, "en"),  # which characters there are, not which language is read
    ],
)
def test_the_environment_is_read_as_gettext_reads_it(environ: dict[str, str], expected: str) -> None:
    """See gettext's manual, “Locale environment variables” and “The LANGUAGE variable”."""
    assert language.of_environment(environ) == expected


@pytest.mark.parametrize(
    ("person", "shop", "environ", "expected"),
    [
        ("zh", "en", "en_US.UTF-8", "zh"),
        ("en", "zh", "zh_CN.UTF-8", "en"),
        (None, "zh", "en_US.UTF-8", "zh"),
        (None, "en", "zh_CN.UTF-8", "en"),
        (None, None, "zh_CN.UTF-8", "zh"),
        ("", "", "zh_CN.UTF-8", "zh"),
        ("tlh", None, "en_US.UTF-8", "en"),
        ("tlh", "zh", "en_US.UTF-8", "zh"),
    ],
)
def test_the_persons_choice_counts_before_the_shops_and_that_before_the_environment(
    person: str | None, shop: str | None, environ: str, expected: str
) -> None:
    """A language that is not ours, from an older or newer version's data, counts as no choice."""
    assert language.choose(person, shop, {"LANG": environ}) == expected


@pytest.mark.parametrize(
    ("environ", "shop", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "en", "zh"),
        ({"LANG": "en_GB.UTF-8"}, "zh", "en"),
        ({"LANG": "fr_FR.UTF-8"}, "zh", "zh"),
        ({}, "zh", "zh"),
        ({"LC_ALL": "C"}, "zh", "zh"),
        ({}, None, "en"),
        ({}, "tlh", "en"),
    ],
)
def test_at_the_console_the_environment_counts_before_the_shop(environ: dict[str, str], shop: str | None, expected: str) -> None:
    """Whoever works there has set up a terminal, and chose nothing in the shop."""
    assert language.of_console(environ, lambda: shop) == expected


def test_the_shop_is_not_opened_to_ask_what_the_environment_says() -> None:
    """On the fast paths, that would be a read for nothing."""

    def opened() -> str:
        raise AssertionError

    assert language.of_console({"LANG": "zh_CN.UTF-8"}, opened) == "zh"


def test_english_loads_no_catalogue_and_no_gettext() -> None:
    """Starting is measured, and the fast paths speak English most of the time."""
    probe = "import sys; from tui.language import choose, speak; speak(choose(None, None, {})); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-S", "-c", probe], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert not {"gettext", "locale", "pathlib", "textual"} & set(loaded)


def test_the_command_says_what_is_wrong_and_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    """`check` passes on the catalogues as they are; anything else than its two words is explained."""
    assert catalogue.main(["check"]) == 0
    assert capsys.readouterr().out == ""
    assert catalogue.main(["frobnicate"]) == 2
    assert "python -m tests.catalogue update" in capsys.readouterr().out
