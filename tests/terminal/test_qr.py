"""A QR code in a real terminal, read by a program that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.code_shown import LONGEST, uri
from tests.terminal.picture import DARK, LIGHT, picture, read_qr
from tests.terminal.terminal import terminal

TRUE = {"COLORTERM": "truecolor"}
SIXTEEN = {"TERM": "linux"}
NONE = {"NO_COLOR": "1"}
SHIFT_TAB = "\x1b[Z"


@pytest.mark.slow
@pytest.mark.parametrize("length", [60, LONGEST])
@pytest.mark.parametrize("environment", [TRUE, {}, SIXTEEN, NONE], ids=["true colours", "256 colours", "16 colours", "no colours"])
def test_p6_zbarimg_reads_the_code_from_a_picture_of_the_terminal(tmp_path: Path, environment: dict[str, str], length: int) -> None:
    """Whatever colours a terminal has; on a light one without any, once `i` was pressed."""
    with terminal(uri(length), module="tests.screens.code_shown", environment=environment) as opened:
        opened.shows("JBSW Y3DP")
        opened.settle()
        for colours in (DARK,) if environment is NONE else (DARK, LIGHT):
            picture(opened.screen, tmp_path / "screen.png", colours=colours)
            assert read_qr(tmp_path / "screen.png") == uri(length)
        if environment is NONE:
            opened.press(SHIFT_TAB, "i")
            picture(opened.screen, tmp_path / "screen.png", colours=LIGHT)
            assert read_qr(tmp_path / "screen.png") == uri(length)


@pytest.mark.slow
def test_p6_zbarimg_sees_nothing_where_there_is_no_room_for_the_code(tmp_path: Path) -> None:
    """So what is read elsewhere is read off the picture."""
    with terminal(uri(), module="tests.screens.code_shown", size=(60, 20)) as opened:
        opened.shows("JBSW Y3DP", "instead")
        opened.settle()
        picture(opened.screen, tmp_path / "screen.png")
        assert read_qr(tmp_path / "screen.png") == ""
