"""What comes before the screens: the shop is opened, or founded by whoever is at the machine; and who comes with a device key is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models import db, i18n, shop
from models.errors import KeyMissing, KeyRefused, ShopMissing, ShopstaffError
from models.key_file import NAME
from models.queries.devices import Knock
from models.tables import Device
from tests.factories import DAY, Founded, signed_in
from tests.tui.keys import bare, enrolled, frozen, left, revoked, told
from tui import machine
from tui.app import ShopstaffApp
from tui.cli import screens

ADDRESS = "203.0.113.9 50022 192.0.2.7 22"

Opened = list[ShopstaffApp]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """The programs that were begun, each of which ends at once; at the machine itself, unless the test says otherwise."""
    begun: Opened = []
    for name in ("SSH_USER_AUTH", "SSH_CONNECTION", "SSH_TTY", "LC_ALL", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(ShopstaffApp, "run", lambda program: begun.append(program))  # noqa: PLW0108  a method, which what is built in is not
    yield begun
    i18n.install("en")


@pytest.fixture
def comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Comes over SSH, where sshd says that this was proved."""

    def come(proved: str) -> None:
        for name, value in {**told(tmp_path, proved), "SSH_CONNECTION": ADDRESS}.items():
            monkeypatch.setenv(name, value)

    return come


Comes = Callable[[str], None]


def come_in(home: Path) -> ShopstaffError | None:
    """Open the screens; what was refused, if anything was. Afterwards the shop is closed."""
    try:
        assert screens.run(str(home), operator="tester") == 0
    except ShopstaffError as refused:
        return refused
    finally:
        assert not shop.is_open()
    return None


def test_at_the_machine_nobody_comes_as_anybody(little_shop: Founded, opened: Opened) -> None:
    """Whoever it is types their login."""
    shop.close()
    assert come_in(little_shop.home) is None
    (program,) = opened
    assert (program.comes_as, program.stranger.device, program.stranger.address, program.at_terminal) == (None, "", "", True)
    assert program.operator.name == "console:tester"


def test_p12_who_comes_with_a_key_comes_as_themselves(little_shop: Founded, opened: Opened, comes: Comes) -> None:
    """With the key and the address that the log will have."""
    little_shop.person("bob")
    mark = enrolled(little_shop, "bob")
    bob = little_shop.id_of("bob")
    shop.close()
    comes(f"publickey {bare('bob')}\n")
    assert come_in(little_shop.home) is None
    (program,) = opened
    assert program.comes_as == Knock(bob, "bob", invited=False)
    assert (program.stranger.device, program.stranger.address, program.at_terminal) == (mark, "203.0.113.9", False)


def test_who_is_invited_comes_to_activate(little_shop: Founded, opened: Opened, comes: Comes) -> None:
    """And to nothing else, as long as they have not."""
    little_shop.person("asked", status="invited")
    enrolled(little_shop, "asked")
    shop.close()
    comes(f"publickey {bare('asked')}\n")
    assert come_in(little_shop.home) is None
    assert [program.comes_as.invited for program in opened if program.comes_as] == [True]


def ended(_shop: Founded) -> None:
    """Likewise."""
    Device.update(expires_at=Device.added_at - DAY).execute()


@pytest.mark.parametrize("act", [revoked, frozen, left, ended])
def test_p12_a_key_that_opens_nothing_any_more_opens_no_screen(
    little_shop: Founded, opened: Opened, comes: Comes, act: Callable[[Founded], None]
) -> None:
    """sshd asked a moment ago, and much can happen in a moment."""
    little_shop.person("bob")
    enrolled(little_shop, "bob")
    act(little_shop)
    shop.close()
    comes(f"publickey {bare('bob')}\n")
    refused = come_in(little_shop.home)
    assert isinstance(refused, KeyRefused)
    assert (refused.exit_code, opened) == (1, [])


@pytest.mark.parametrize("proved", ["", "password\n", f"publickey {bare('bob')}\npublickey {bare('eve')}\n", f"publickey {bare('eve')}\n"])
def test_p12_who_cannot_be_told_gets_no_screen(little_shop: Founded, opened: Opened, comes: Comes, proved: str) -> None:
    """Not even to sign in with a login and a password: over SSH the key says who it is."""
    little_shop.person("bob")
    enrolled(little_shop, "bob")
    shop.close()
    comes(proved)
    assert isinstance(come_in(little_shop.home), KeyRefused)
    assert opened == []


@pytest.mark.parametrize(("act", "because"), [(revoked, "device"), (ended, "device"), (frozen, "status"), (left, "device")])
def test_rule_18_who_is_refused_before_a_screen_opens_is_in_the_log(
    little_shop: Founded, opened: Opened, comes: Comes, act: Callable[[Founded], None], because: str
) -> None:
    """One connection opens one session after the other, and sshd asks about its key but once: whoever goes on trying is seen."""
    little_shop.person("bob")
    mark = enrolled(little_shop, "bob")
    act(little_shop)
    shop.close()
    comes(f"publickey {bare('bob')}\n")
    come_in(little_shop.home)
    shop.open(little_shop.home)
    (entry,) = db.rows("SELECT object_label, device, address, new FROM audit_entry WHERE action = 'session.refuse'")
    assert entry == ("bob", mark, "203.0.113.9", f'{{"because":"{because}"}}')


def test_rule_18_who_cannot_be_told_and_is_refused_is_in_the_log(little_shop: Founded, opened: Opened, comes: Comes) -> None:
    """As nobody, from where they came."""
    shop.close()
    comes("password\n")
    come_in(little_shop.home)
    shop.open(little_shop.home)
    (entry,) = db.rows("SELECT object_label, device, address FROM audit_entry WHERE action = 'session.refuse'")
    assert entry == ("?", "", "203.0.113.9")


def test_where_sshd_names_no_file_nobody_gets_a_screen(little_shop: Founded, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forced command hands the variable on, empty where it was unset: an sshd that was not told to expose anything."""
    shop.close()
    monkeypatch.setenv("SSH_USER_AUTH", "")
    assert isinstance(come_in(little_shop.home), KeyRefused)
    assert opened == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_it_is_refused_in_the_shops_language(little_shop: Founded, opened: Opened, comes: Comes, language: str) -> None:
    """Nobody is known whose own could count."""
    with db.transaction():
        db.database.execute_sql("UPDATE shop SET language = ?", (language,))
    shop.close()
    comes("")
    assert isinstance(come_in(little_shop.home), KeyRefused)
    assert i18n.language() == language
    assert opened == []


@pytest.mark.parametrize("auth", ["", "/gone"])
def test_p12_no_shop_is_founded_over_ssh(tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch, auth: str) -> None:
    """Whoever came first would own it. No folder is made either."""
    monkeypatch.setenv("SSH_USER_AUTH", auth)
    assert isinstance(come_in(tmp_path / "none"), ShopMissing)
    assert opened == []
    assert not (tmp_path / "none").exists()


def test_a_shop_that_was_begun_is_not_founded_over_ssh(tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a folder by then, and nobody's shop in it."""
    assert come_in(tmp_path / "begun") is None
    (program,) = opened
    assert program._start == "setup"
    monkeypatch.setenv("SSH_USER_AUTH", "")
    assert isinstance(come_in(tmp_path / "begun"), ShopMissing)
    assert opened == [program]


def test_data_that_cannot_be_used_is_refused_before_anybody_is_looked_at(little_shop: Founded, opened: Opened, comes: Comes) -> None:
    """With a line on what is wrong, which `ssh keys` has no way to say."""
    little_shop.person("bob")
    enrolled(little_shop, "bob")
    shop.close()
    (little_shop.home / NAME).unlink()
    comes(f"publickey {bare('bob')}\n")
    assert isinstance(come_in(little_shop.home), KeyMissing)
    assert opened == []


def test_the_last_word_is_said_where_the_terminal_is_as_it_was(
    little_shop: Founded, opened: Opened, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a line of its own; nothing where there is none."""
    shop.close()
    assert come_in(little_shop.home) is None
    assert capsys.readouterr() == ("", "")

    def run(program: ShopstaffApp) -> None:
        program._parting = "Your session was ended\nby the owner.\x1b[2J"

    monkeypatch.setattr(ShopstaffApp, "run", run)
    assert come_in(little_shop.home) is None
    assert capsys.readouterr() == ("", "Your session was ended by the owner.\ufffd[2J\n")


def test_however_the_screens_end_nobody_stays_signed_in(little_shop: Founded, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session of somebody who is not there would be anybody's."""
    session = signed_in("owner")
    shop.close()

    def fail(program: ShopstaffApp) -> None:
        program._ending = session
        raise ZeroDivisionError

    monkeypatch.setattr(ShopstaffApp, "run", fail)
    with pytest.raises(ZeroDivisionError):
        screens.run(str(little_shop.home), operator="")
    assert not shop.is_open()
    assert db.rows("SELECT 1 FROM session WHERE id = ? AND ended_at IS NULL", (session.session_id,)) == []


def test_the_cards_know_what_connects_to_this_machine_and_those_of_a_sample_nothing(
    little_shop: Founded, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could connect to a sample shop, which is gone in a moment."""
    monkeypatch.setattr(machine, "way_in", lambda home, _environ: f"ssh shop@counter {home}")
    shop.close()
    for samples in ((), [("alice", "copper lantern 39 river")]):
        screens.run(str(little_shop.home), operator="tester", samples=samples)
    assert [program.way_in for program in opened] == [f"ssh shop@counter {little_shop.home}", ""]


def test_why_a_shop_that_was_seen_cannot_be_opened_is_told_at_the_end(
    little_shop: Founded, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What strangers may see of it was there; its key is not."""
    shop.close()
    (little_shop.home / NAME).unlink()
    monkeypatch.setattr(ShopstaffApp, "exit", lambda _program: None)
    monkeypatch.setattr(ShopstaffApp, "run", ShopstaffApp.open_shop)
    assert isinstance(come_in(little_shop.home), KeyMissing)
    assert opened == []
