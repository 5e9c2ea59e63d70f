"""Stylesheets that are read once: Textual reads all of them anew, twice, whenever a section is first opened, and a weak machine waits."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class LastingStylesheet(Stylesheet):
    """Keeps what it has read for as long as the colours stay as they are."""

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take other colours; with the same ones nothing is forgotten."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Read what has not been read yet.

        The one above reads everything in a fresh stylesheet, so that a mistake in one leaves the old rules in force; they stay so here too,
        because `parse` puts rules into force only when all are there.
        """
        self.parse()
