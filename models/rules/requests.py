"""What may be asked for, for how long, and who counts as one person when it is decided."""

from __future__ import annotations

from typing import Final

MOST_DAYS: Final = 366
"""Days that a request may be for: what is needed for longer than a year is a matter of the job, and given as a role without end."""

MOST_OPEN: Final = 5
"""Requests that one person may have open: more of them would hide one another from whoever decides."""

REASON_LIMIT: Final = 300
"""Characters of a reason, and of the word that declines: four lines at 80 columns."""
