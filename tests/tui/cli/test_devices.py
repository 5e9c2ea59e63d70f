"""`device …`: whose SSH key opens the screens."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models import clock, db
from models.operations import devices
from models.rules import device_keys
from tests.device_keys import ed25519
from tests.factories import Founded, signed_in
from tests.tui.cli.conftest import Run
from tests.tui.keys import bare, enrolled, fingerprint
from tui.cli import devices as commands, output

END = "2099-12-31T15:59:59.999999Z"
PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A file with a public key, as one gets it from a colleague."""
    file = tmp_path / "laptop.pub"
    file.write_text(f"{ed25519('laptop')}\n", encoding="ascii")
    return file


@pytest.mark.parametrize("login", ["owner", "bob", "BOB", "asked"])
def test_a_key_is_enrolled_for_the_owner_for_staff_and_for_who_is_invited(staffed: Founded, run: Run, key: Path, login: str) -> None:
    """The day is the last, in the shop's zone; the device is called as its file; the comment is nobody's business."""
    staffed.person("asked", status="invited")
    ran = run("device", "add", login, str(key), "--until", "2099-12-31")
    assert ran.rows == [[login.lower(), "laptop", fingerprint("laptop"), END]]
    assert (ran.code, ran.err) == (0, "")
    assert "@example" not in run("device", "list").out
    (entry,) = staffed.log("device.add")
    assert entry[:2] == ("console:tester", "device.add")


def test_a_key_is_read_from_standard_input(staffed: Founded, run: Run) -> None:
    """Then the device is called as its person, unless it was given a name; there need not be an end."""
    assert run("device", "add", "bob", "-", "--json", stdin=ed25519("one")).json == [
        {"login": "bob", "name": "bob", "fingerprint": fingerprint("one"), "until": None}
    ]
    assert run("device", "add", "bob", "-", "--name", "Bob's 手机", stdin=f"\ufeff{ed25519('two')}\r\n").rows == [
        ["bob", "Bob's 手机", fingerprint("two"), ""]
    ]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("bob-phone.pub", "bob-phone"),
        ("my.laptop.pub", "my.laptop"),
        ("id_ed25519_work.pub", "id_ed25519_work"),
        ("id_ed25519.pub", "bob"),
        ("ID_RSA.PUB", "bob"),
        ("no suffix", "no suffix"),
        (f"{'long' * 11}.pub", "bob"),
        ("turned\u202eround.pub", "bob"),
        (" .pub", "bob"),
    ],
)
def test_a_device_is_called_as_its_file_where_that_says_something(staffed: Founded, run: Run, tmp_path: Path, file: str, name: str) -> None:
    """What every pair of keys is called, and what can be no name, gives way to the login."""
    (tmp_path / file).write_text(ed25519("some"), encoding="ascii")
    ran = run("device", "add", "bob", str(tmp_path / file))
    assert [row[1] for row in ran.rows] == [name]


def test_keys_are_listed_with_when_they_came_and_when_they_end(staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's by login, or one person's; on a terminal every fingerprint is whole, to be copied."""
    for login in ("mia", "bob"):
        enrolled(staffed, login)
    listed = run("device", "list", "--json").json
    assert [list(each) for each in listed] == [["login", "name", "type", "fingerprint", "added", "until", "last_used"]] * 2
    assert [each["login"] for each in listed] == ["bob", "mia"]
    assert {(each["type"], each["until"], each["last_used"]) for each in listed} == {("ED25519", None, None)}
    assert [row[3] for row in run("device", "list", "Mia").rows] == [fingerprint("mia")]
    monkeypatch.setattr(output, "form_for", lambda **_kinds: output.TABLE)
    monkeypatch.setenv("COLUMNS", "60")
    assert fingerprint("mia") in run("device", "list").out


def test_a_revoked_key_is_gone_for_good(staffed: Founded, run: Run, key: Path) -> None:
    """It is listed no more, cannot be revoked again, and does not come back."""
    run("device", "add", "bob", str(key))
    assert run("device", "revoke", "bob", fingerprint("laptop")).rows == [["bob", "laptop", fingerprint("laptop")]]
    assert run("device", "list").rows == []
    for words in (("device", "revoke", "bob", fingerprint("laptop")), ("device", "add", "bob", str(key))):
        ran = run(*words)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert [action for _actor, action, _whose in staffed.log("device.add", "device.revoke")] == ["device.add", "device.revoke"]


@pytest.mark.parametrize("login", ["owner", "bob"])
def test_the_console_revokes_anybodys_key_and_ends_their_sessions(staffed: Founded, run: Run, login: str) -> None:
    """The owner's too, for the day on which the laptop is gone."""
    mark = enrolled(staffed, login)
    session = signed_in(login).session_id
    assert run("device", "revoke", login, mark, "--json").json == [{"login": login, "name": f"{login}-laptop", "fingerprint": mark}]
    assert run("device", "list").rows == []
    assert db.rows("SELECT end FROM session WHERE id = ?", (session,)) == [("device",)]


def nothing_there(_folder: Path) -> str:
    """A file that is not there."""
    return "nowhere.pub"


def a_folder(folder: Path) -> str:
    """No file at all."""
    return str(folder)


def holding(content: bytes) -> object:
    """A file with that in it."""

    def make(folder: Path) -> str:
        (folder / "device.pub").write_bytes(content)
        return str(folder / "device.pub")

    return make


@pytest.mark.parametrize(
    "make",
    [
        nothing_there,
        a_folder,
        holding(b""),
        holding(b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 20),
        holding(PRIVATE.encode()),
        holding(b"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nSECRETSECRETSECRET\n"),
        holding(ed25519("one").encode() + b"\n" + ed25519("two").encode()),
        holding(ed25519("one").encode()[:40]),
        holding(b"ssh-dss AAAAB3NzaC1kc3MAAACBAP"),
        holding(ed25519("one").encode() + b" " * device_keys.LONGEST + b"\n" + ed25519("two").encode()),
        holding(ed25519("one").encode("utf-16")),
        lambda _folder: "/dev/zero",
        lambda _folder: "nul\0l",
    ],
    ids=["missing", "folder", "empty", "binary", "private", "putty", "two", "torn", "type", "long", "utf16", "endless", "null"],
)
def test_what_is_no_key_is_refused_in_a_line_that_repeats_nothing_of_it(staffed: Founded, run: Run, tmp_path: Path, make: object) -> None:
    """Exit code 2, and nothing is enrolled; a private key in particular stands in no message."""
    assert callable(make)
    path = make(tmp_path)
    ran = run("device", "add", "bob", path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "reference" not in ran.err
    for secret in ("b3BlbnNzaC1", "SECRETSECRET", "ELF", bare("one").split()[1][:30]):
        assert secret not in ran.err
    assert run("device", "list").rows == []


@pytest.mark.parametrize("given", ["", PRIVATE, "x" * 100_000])
def test_standard_input_without_a_key_is_refused_likewise(staffed: Founded, run: Run, given: str) -> None:
    """As it is when there is nothing, or far too much, in it."""
    ran = run("device", "add", "bob", "-", stdin=given)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert len(ran.err) < 200


def test_a_closed_standard_input_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a program closed it before it started this one; Python has none then."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", None)
        assert commands._stdin(5) == b""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list", "nobody"), 2),
        (("add", "nobody", "KEY"), 2),
        (("add", "bob", "KEY", "--until", "2001-01-01"), 2),
        (("add", "bob", "KEY", "--until", "tomorrow"), 2),
        (("add", "bob", "KEY", "--name", ""), 2),
        (("add", "bob", "KEY", "--name", "n" * 41), 2),
        (("add", "bob"), 2),
        (("add", "gone", "KEY"), 1),
        (("revoke", "bob", "SHA256:none"), 2),
        (("revoke", "bob", "MIAS"), 2),
        (("revoke", "nobody", "MIAS"), 2),
    ],
    ids=str,
)
def test_what_cannot_be_changes_nothing(staffed: Founded, run: Run, key: Path, words: tuple[str, ...], code: int) -> None:
    """One line; refused is 1, unknown or wrong is 2; a key is revoked only under the login that it belongs to."""
    staffed.person("gone")
    mias = enrolled(staffed, "mia")
    run("staff", "leave", "gone")
    before = run("device", "list").out
    ran = run("device", *({"KEY": str(key), "MIAS": mias}.get(word, word) for word in words))
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert run("device", "list").out == before


def test_the_policy_limits_how_many_one_person_has(staffed: Founded, run: Run) -> None:
    """At the console, too; another person is not concerned."""
    for number in range(5):
        assert run("device", "add", "bob", "-", stdin=ed25519(f"bob{number}")).code == 0
    ran = run("device", "add", "bob", "-", stdin=ed25519("bob5"))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert run("device", "add", "mia", "-", stdin=ed25519("bob5")).code == 0
    assert run("device", "add", "owner", "-", stdin=ed25519("bob0")).code == 2


def test_who_has_ended_keys_may_bring_the_same_again(staffed: Founded, run: Run, key: Path) -> None:
    """A date that has passed is no revocation."""
    devices.add(staffed.console, staffed.id_of("bob"), key.read_text(), name="before", until=clock.now() + 1_000_000)
    with db.transaction():
        db.write_many("UPDATE device SET expires_at = ?", [(clock.now() - 1,)])
    assert run("device", "add", "bob", str(key), "--name", "again").rows == [["bob", "again", fingerprint("laptop"), ""]]
