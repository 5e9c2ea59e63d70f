"""Text that changes with what is under the cursor."""

from __future__ import annotations

from textual.app import App, ComposeResult

from screens.widgets import words
from screens.widgets.said import Said
from tests.screens.look import grid

HOSTILE = "[@click=app.quit]王[/]"


class Counting(Said):
    """Counts how often it is asked to paint or to be laid out."""

    DEFAULT_CSS = "Counting { height: 1; }"

    painted = 0
    laid_out = 0

    def refresh(self, *regions: object, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Counting:
        """Count."""
        self.painted += 1
        self.laid_out += layout
        return super().refresh(repaint=repaint, layout=layout, recompose=recompose)


class Around(App[None]):
    """The text and nothing else."""

    def compose(self) -> ComposeResult:
        """The text."""
        yield Counting(HOSTILE)


async def test_it_is_painted_only_when_it_says_something_else() -> None:
    """The same words, plain or styled, are not painted again; and where its height is given, nothing is laid out anew."""
    async with Around().run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        said = pilot.app.query_one(Counting)
        assert HOSTILE in grid(pilot.app), "data, not markup"
        said.painted = said.laid_out = 0
        said.update(HOSTILE)
        assert said.painted == 0
        said.update(words.plain("two", "bold"))
        said.update(words.plain("two", "bold"))
        assert said.painted == 1
        said.update(words.plain("two", "$accent"))
        assert said.painted == 2
        said.update("two")
        assert said.painted == 3
        assert said.laid_out == 0
        said.styles.height = "auto"
        said.painted = said.laid_out = 0
        said.update("two\nlines")
        assert said.laid_out == 1
