"""Files that wait in the inbox."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from models.errors import Invalid, NotAllowed, SessionEnded
from models.queries import inbox
from models.rules.device_keys import LONGEST
from models.rules.sheets import MAX_BYTES
from models.tables import Session
from tests.factories import Founded


def names(shop: Founded) -> list[str]:
    """What is listed."""
    return [file.name for file in inbox.files(shop.owner)]


def test_csv_files_are_listed_the_latest_first(little_shop: Founded) -> None:
    """With size and time; other files, hidden ones and folders are not."""
    assert names(little_shop) == []
    folder = inbox.folder()
    assert folder == little_shop.home / "inbox"
    for place, name in enumerate(["old.csv", "新人.CSV", "[bold]x.csv", "notes.txt", ".hidden.csv"]):
        (folder / name).write_bytes(b"12345")
        os.utime(folder / name, (place, place))
    (folder / "folder.csv").mkdir()
    assert names(little_shop) == ["[bold]x.csv", "新人.CSV", "old.csv"]
    first = inbox.files(little_shop.owner)[0]
    assert (first.size, first.changed_at) == (5, 2_000_000)
    assert inbox.read(little_shop.owner, "新人.CSV") == b"12345"


def test_links_lead_nowhere(little_shop: Founded, tmp_path: Path) -> None:
    """Neither a file nor the folder itself may be one: the inbox is no way to other files of the machine."""
    secret = tmp_path / "secret.csv"
    secret.write_text("secret")
    (inbox.folder() / "link.csv").symlink_to(secret)
    assert names(little_shop) == []
    with pytest.raises(Invalid):
        inbox.read(little_shop.owner, "link.csv")
    (inbox.folder() / "link.csv").unlink()
    inbox.folder().rmdir()
    inbox.folder().symlink_to(tmp_path)
    with pytest.raises(Invalid):
        inbox.read(little_shop.owner, "secret.csv")


@pytest.mark.parametrize(
    "name", ["../shop.db", "../secret.csv", "/etc/passwd", "a/b.csv", "nul\0.csv", "gone.csv", "", ".csv", "x" * 300 + ".csv"]
)
def test_names_are_no_paths(little_shop: Founded, name: str) -> None:
    """Only what lies in the inbox itself can be read, and it says so in one line."""
    (little_shop.home / "secret.csv").write_text("secret")
    with pytest.raises(Invalid) as refused:
        inbox.read(little_shop.owner, name)
    assert refused.value.field == "file"
    assert "\n" not in str(refused.value)


def test_what_is_no_file_makes_nobody_wait(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe without a writer, a socket, a folder."""
    os.mkfifo(inbox.folder() / "pipe.csv")
    (inbox.folder() / "folder.csv").mkdir()
    monkeypatch.chdir(inbox.folder())
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.csv")
    for name in ("pipe.csv", "folder.csv", "socket.csv"):
        with pytest.raises(Invalid):
            inbox.read(little_shop.owner, name)
    assert names(little_shop) == []


def test_a_huge_file_is_read_only_as_far_as_it_takes_to_refuse_it(little_shop: Founded) -> None:
    """It would fill the memory of a small machine."""
    path = inbox.folder() / "huge.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES * 10)
    assert len(inbox.read(little_shop.owner, "huge.csv")) == MAX_BYTES + 1


def test_a_missing_inbox_is_an_empty_one(little_shop: Founded) -> None:
    """Somebody tidied up."""
    inbox.folder().rmdir()
    assert names(little_shop) == []


def test_the_inbox_is_for_those_who_onboard(little_shop: Founded) -> None:
    """A file of people says who is coming."""
    (inbox.folder() / "people.csv").write_text("x")
    bob = little_shop.person("bob", gave=["auditor"])
    with pytest.raises(NotAllowed):
        inbox.files(bob)
    with pytest.raises(NotAllowed):
        inbox.read(bob, "people.csv")


def test_public_keys_are_everybodys_to_read(little_shop: Founded) -> None:
    """At the shop's own terminal nothing can be pasted; files of people they see none of."""
    bob = little_shop.person("bob")
    for place, name in enumerate(["old.pub", "LAPTOP.PUB", "people.csv", ".hidden.pub", "id_ed25519"]):
        (inbox.folder() / name).write_bytes(b"ssh-ed25519 \xff\n")
        os.utime(inbox.folder() / name, (place, place))
    assert [file.name for file in inbox.keys(bob)] == ["LAPTOP.PUB", "old.pub"]
    assert inbox.key(bob, "old.pub") == "ssh-ed25519 \ufffd\n"
    for name in ("people.csv", "id_ed25519", "../shop.db", "../home/inbox/old.pub", "gone.pub", "nul\0.pub"):
        with pytest.raises(Invalid):
            inbox.key(bob, name)


def test_a_public_key_is_no_link_no_pipe_and_read_only_as_far_as_it_takes(little_shop: Founded, tmp_path: Path) -> None:
    """As every file of the inbox."""
    bob = little_shop.person("bob")
    (tmp_path / "secret.pub").write_text("secret")
    (inbox.folder() / "link.pub").symlink_to(tmp_path / "secret.pub")
    os.mkfifo(inbox.folder() / "pipe.pub")
    (inbox.folder() / "huge.pub").write_bytes(b"x" * LONGEST * 4)
    assert [file.name for file in inbox.keys(bob)] == ["huge.pub"]
    for name in ("link.pub", "pipe.pub"):
        with pytest.raises(Invalid):
            inbox.key(bob, name)
    assert len(inbox.key(bob, "huge.pub")) == LONGEST + 1


def test_public_keys_take_a_session_that_stands(little_shop: Founded) -> None:
    """Whoever is signed out reads nothing."""
    bob = little_shop.person("bob")
    Session.update(ended_at=1, end="signed out").where(Session.id == bob.session_id).execute()
    for read in (inbox.keys, lambda actor: inbox.key(actor, "old.pub")):
        with pytest.raises(SessionEnded):
            read(bob)
