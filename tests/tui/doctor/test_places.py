"""Whose files and folders are, and who may write there: from what was found, and from folders that were tampered with."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tui.doctor import places, sight
from tui.doctor.finding import FINE, LOOK, WRONG
from tui.doctor.places import Place

FILE, FOLDER, LINK = stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK
SHOP = 999


def way(*changed: Place) -> list[Place]:
    """The way to an interpreter that is root's, but for what is `changed`."""
    right = [
        Place("/opt/shopstaff/bin/python3", 0, LINK | 0o777),
        Place("/usr/bin/python3.11", 0, FILE | 0o755),
        *(Place(path, 0, FOLDER | 0o755) for path in ("/opt/shopstaff/bin", "/opt/shopstaff", "/opt", "/usr/bin", "/usr", "/")),
    ]
    other = {place.path: place for place in changed}
    return [other.get(place.path, place) for place in right]


def test_a_program_that_is_roots_all_the_way_is_right() -> None:
    """The bits of a link are those of nothing."""
    assert places.program(way(), "python3").verdict == FINE
    assert places.installed(way(), "/opt").verdict == FINE


@pytest.mark.parametrize("path", ["/", "/opt", "/opt/shopstaff/bin", "/usr/bin/python3.11"])
@pytest.mark.parametrize(("uid", "mode"), [(SHOP, 0o755), (0, 0o775), (0, 0o757), (0, 0o1777)])
def test_one_place_that_others_write_in_spoils_the_way(path: str, uid: int, mode: int) -> None:
    """sshd starts no command from there, or somebody could lead the link elsewhere; what is everybody's on purpose, as /tmp, stays so."""
    kind = FILE if path.endswith(".11") else FOLDER
    found = places.program(way(Place(path, uid, kind | mode)), "python3")
    assert found.verdict == WRONG
    assert f"{path} ({mode:04o}" in str(found.found)
    assert (f"chmod go-w {path}" in str(found.todo)) == (mode != 0o1777)
    assert "as in /opt" in str(found.todo)
    assert places.installed(way(Place(path, uid, kind | mode)), "/opt").verdict == WRONG


@pytest.mark.parametrize(
    ("uid", "mode", "verdict"),
    [(0, 0o755, FINE), (SHOP, 0o700, FINE), (0, 0o1777, FINE), (0, 0o777, WRONG), (0, 0o775, WRONG), (1000, 0o755, WRONG)],
)
def test_the_way_to_the_data_is_nobody_elses(uid: int, mode: int, verdict: str) -> None:
    """Whoever writes in a folder above can put another in its place; not where everybody moves only what is theirs."""
    assert places.way_to_data([Place("/srv", uid, FOLDER | mode)], "/srv/shop", SHOP).verdict == verdict


def test_what_is_installed_is_closed_whole_and_a_folder_above_it_alone() -> None:
    """`chown -R /` is nobody's advice."""
    inside = places.installed(way(Place("/opt/shopstaff/bin", SHOP, FOLDER | 0o755)), "/opt/shopstaff")
    above = places.installed(way(Place("/", 0, FOLDER | 0o777)), "/opt/shopstaff")
    assert str(inside.todo) == "chown -R root:root /opt/shopstaff; chmod -R go-w /opt/shopstaff"
    assert str(above.todo).startswith("Give it to root alone: chown root:root /;")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder as it should be, the test's own user's."""
    home = tmp_path / "home"
    for folder in (home, home / "inbox", home / "outbox"):
        folder.mkdir(mode=0o700)
    for name in ("shop.db", "key", "outbox/card.html"):
        (home / name).touch(mode=0o600)
    return home


def judged(home: Path) -> list[tuple[str, str, str]]:
    """Verdict, what was found and what to do, of a folder that is there; as if whoever runs this were not root."""
    found = [place._replace(uid=place.uid or SHOP) for place in sight.below(home)]
    return [(each.verdict, str(each.found), str(each.todo)) for each in places.data_files(found, f"{home}/inbox", "shop")]


def test_a_folder_as_it_should_be_is_fine(home: Path) -> None:
    """Everything in it is counted."""
    ((verdict, found, _todo),) = judged(home)
    assert verdict == FINE and found.startswith("6 ")


@pytest.mark.parametrize(("name", "mode"), [("", 0o750), ("", 0o701), ("key", 0o640), ("shop.db", 0o604), ("outbox", 0o711)])
def test_what_is_open_to_others_is_named(home: Path, name: str, mode: int) -> None:
    """With its mode, and what closes it."""
    (home / name).chmod(mode)
    ((verdict, found, todo),) = judged(home)
    assert verdict == WRONG and f"{mode:04o}" in found and str(home / name) in found
    assert todo == f"chmod -R go= {home}"


def test_what_was_brought_for_an_import_may_be_open(home: Path) -> None:
    """The folder above it is closed; it is mentioned all the same."""
    (home / "inbox" / "people.csv").touch(mode=0o600)
    (home / "inbox" / "people.csv").chmod(0o644)
    assert [verdict for verdict, _found, _todo in judged(home)] == [LOOK]


def test_links_and_what_is_no_file_are_named_and_not_followed(home: Path, tmp_path: Path) -> None:
    """A link leads out of the folder; a pipe makes whoever reads it wait for ever."""
    (tmp_path / "secret").touch(mode=0o644)
    (home / "inbox" / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(home / "pipe", 0o600)
    ((verdict, found, _todo),) = judged(home)
    assert verdict == WRONG and str(home / "inbox" / "link") in found and str(home / "pipe") in found
    assert "secret" not in found


def test_what_somebody_else_owns_is_named() -> None:
    """What root left behind can be neither read nor replaced by the shop."""
    found = [Place("/d", SHOP, FOLDER | 0o700, "shop"), Place("/d/shop.db-journal", 0, FILE | 0o600, "root")]
    (fault,) = places.data_files(found, "/d/inbox", "shop")
    assert fault.verdict == WRONG
    assert "/d/shop.db-journal (0600, root)" in str(fault.found) and str(fault.todo) == "chown -hR shop: /d"


def test_a_folder_of_roots_is_to_be_looked_at() -> None:
    """Everything works; whoever finds a way past the screens has the machine."""
    assert [each.verdict for each in places.data_files([Place("/d", 0, FOLDER | 0o700)], "/d/inbox", "root")] == [LOOK]


def test_of_many_files_a_few_are_named_and_the_rest_counted(home: Path) -> None:
    """A line stays a line."""
    for number in range(20):
        (home / "outbox" / f"{number}.csv").touch()
        (home / "outbox" / f"{number}.csv").chmod(0o644)
    ((_verdict, found, _todo),) = judged(home)
    assert found.count(".csv") == places.SHOWN and "(+15)" in found


def test_the_way_is_told_as_it_is_named_and_as_it_is(tmp_path: Path) -> None:
    """sshd looks at the one, whoever starts the program goes the other."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "python3").touch()
    (tmp_path / "named").symlink_to(tmp_path / "real")
    paths = [place.path for place in sight.way(tmp_path / "named" / "python3")]
    assert {str(tmp_path / "named"), str(tmp_path / "real"), str(tmp_path / "real" / "python3"), "/"} <= set(paths)
    assert len(paths) == len(set(paths))
