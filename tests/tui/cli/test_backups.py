"""`backup`: one made, those there are, the key file's copy; a line and an exit code where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import backup_file
from tests.factories import Founded
from tests.tampering import attacker
from tests.tui.cli.conftest import OPERATOR, Run
from tui.cli import output


def test_d5_a_backup_at_home(staffed: Founded, run: Run) -> None:
    """Says where it is and the code of the log in it; on standard error, what is not in it."""
    ran = run("backup")
    ((file, entries, anchor),) = ran.rows
    assert (ran.code, ran.err.count("\n"), entries) == (0, 1, "3")
    assert "backup --key FILE" in ran.err
    assert Path(file).parent == staffed.home / "backups"
    assert backup_file.manifest(Path(file)).code_of_log == anchor
    assert staffed.log("backup.make") == [(f"console:{OPERATOR}", "backup.make", "Little Shop")]


def test_d5_onto_a_stick_and_listed(staffed: Founded, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By JSON, too; what is none among them is told as such."""
    stick = tmp_path / "stick"
    stick.mkdir()
    assert run("backup", "--list").rows == []
    (made,) = run("backup", str(stick), "--json").json
    (stick / "x.shopstaff.zip").touch()
    good, bad = run("backup", "--list", str(stick), "--json").json
    assert (good["file"], good["entries"], good["bytes"], good["verdict"]) == (made["file"], 3, made["bytes"], "fine")
    assert (bad["verdict"], bad["at"], bad["entries"]) == ("wrong", None, None)
    assert "no backup of Shopstaff" in bad["found"]
    assert [row[0] for row in run("backup", str(stick), "--list").rows] == ["fine", "wrong"]
    monkeypatch.setattr(output, "form_for", lambda *, as_json: output.TABLE)
    out = run("backup", str(stick), "--list").out
    assert "✓" in out and "✗" in out


def test_d5_the_key_is_copied_once_and_nobody_is_reminded_any_more(staffed: Founded, run: Run, tmp_path: Path) -> None:
    """Where, on standard output; to keep it apart, on standard error."""
    ran = run("backup", "--key", str(tmp_path / "the key"))
    assert (ran.code, ran.rows, ran.err.count("\n")) == (0, [[str(tmp_path / "the key")]], 1)
    assert (tmp_path / "the key").read_bytes() == (staffed.home / "key").read_bytes()
    assert run("backup").err == ""


@pytest.mark.parametrize(
    "words",
    [("--key", "x", "--list"), ("--key", "x", "y"), ("",), ("a\0b",), ("--key", ""), ("home",), ("home/x.zip",), ("--key", "home/x")],
)
def test_d5_wrong_usage_is_a_line_and_two(staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    """What does not go together; no place for a file; a place in the data folder."""
    monkeypatch.chdir(staffed.home.parent)
    ran = run("backup", *words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert staffed.log("backup.make", "backup.key") == []


def test_d5_what_cannot_be_is_a_line_and_three(staffed: Founded, run: Run, tmp_path: Path) -> None:
    """A target that exists, no folder, a damaged log, a list of no folder: nothing is left."""
    (tmp_path / "x.zip").touch()
    (tmp_path / "key").touch()
    for words in ((tmp_path / "x.zip",), (tmp_path / "no" / "x.zip",), ("--key", tmp_path / "key"), ("--list", tmp_path / "x.zip")):
        ran = run("backup", *map(str, words))
        assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    with attacker(staffed.home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = 1")
    ran = run("backup")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "The log is damaged" in ran.err
    assert [file.name for file in (staffed.home / "backups").iterdir()] == [".lock"]


def test_d5_doctor_says_how_it_stands(staffed: Founded, run: Run, tmp_path: Path) -> None:
    """Nothing of it yet; a failed attempt; a good one with the key apart."""

    def told() -> dict[str, tuple[str, str]]:
        return {
            row["about"]: (row["verdict"], row["found"])
            for row in run("doctor", "--json").json
            if row["about"].startswith(("Back", "Copy"))
        }

    assert told() == {"Backup": ("look", "There never was one."), "Copy of the key file": ("look", told()["Copy of the key file"][1])}
    run("backup", str(tmp_path / "no" / "x.zip"))
    verdicts = [(row["verdict"], row["found"]) for row in run("doctor", "--json").json if row["about"] == "Backup"]
    assert verdicts[0] == ("look", "There never was one.")
    assert verdicts[1][0] == "look" and "there is no folder" in verdicts[1][1]
    run("backup")
    run("backup", "--key", str(tmp_path / "key"))
    assert {about: verdict for about, (verdict, _found) in told().items()} == {"Backup": "fine", "Copy of the key file": "fine"}
