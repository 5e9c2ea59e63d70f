"""The keys of a person's profile, what each takes, and the statuses that it goes with."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

from models.catalogue import ACTIVE, FROZEN, INVITED, LEFT
from models.i18n import N_
from models.operations.codes import RESET
from screens import audit_ways, sharing_words
from screens.sections import OWNER

BINDINGS: Final[list[BindingType]] = [
    Binding("e", "edit", N_("Edit"), tooltip=N_("Change name, number, phone or e-mail")),
    Binding("a", "access", N_("Access"), tooltip=N_("Change roles, extras or post, after looking at what that changes")),
    Binding(
        sharing_words.KEY,
        "sharing",
        N_("Chat records"),
        show=False,
        tooltip=N_("Choose whose chat records the person reads: own only, team, all"),
    ),
    Binding("m", "move", N_("Move"), tooltip=N_("Put the person into another department")),
    Binding("z", "freeze", N_("Freeze"), tooltip=N_("Shut the person out at once; unfreezing lets them back in")),
    Binding("z", "unfreeze", N_("Unfreeze"), tooltip=N_("Let the person back in")),
    Binding("l", "offboard", N_("Leaving"), tooltip=N_("Show what ends when the person leaves, and end it today or on a day")),
    Binding("s", "succession", N_("Stand-in"), show=False, tooltip=N_("Have a colleague stand in until a day, or take over for good")),
    Binding("r", "reinstate", N_("Reinstate"), tooltip=N_("Bring the person back, with no access until it is given anew")),
    Binding("c", "code", N_("New code"), tooltip=N_("Make a new activation or reset code; the one before it stops working")),
    Binding("r", "reset", N_("Reset"), tooltip=N_("Void a password or phone codes that were lost; the person gets a reset code")),
    Binding("i", "limits", N_("Limits"), tooltip=N_("Say from where and when the person may sign in")),
    Binding("w", "why", N_("Why?"), tooltip=N_("Ask of any permission whether the person may, and why")),
    Binding("d", "devices", N_("Device keys"), tooltip=N_("Show the SSH keys of the person's devices; revoke what was lost")),
    audit_ways.history_key(),
]

NEEDS: Final = {
    "history": audit_ways.VIEW,
    "access": "staff.manage",
    "sharing": "staff.manage",
    "move": "staff.manage",
    "freeze": "staff.freeze",
    "unfreeze": "staff.freeze",
    "offboard": "staff.offboard",
    "succession": "staff.manage",
    "reinstate": "staff.manage",
    "reset": RESET,
    "limits": OWNER,
}

FITTING: Final = {
    "access": {INVITED, ACTIVE, FROZEN},
    "sharing": {INVITED, ACTIVE, FROZEN},
    "move": {INVITED, ACTIVE, FROZEN, LEFT},  # of who has left: who reads their conversations
    "freeze": {INVITED, ACTIVE},
    "unfreeze": {FROZEN},
    "offboard": {INVITED, ACTIVE, FROZEN},
    "succession": {INVITED, ACTIVE, FROZEN},
    "reinstate": {LEFT},
    "code": {INVITED, ACTIVE},
    "reset": {ACTIVE, FROZEN},
    "limits": {INVITED, ACTIVE, FROZEN},
}
"""The statuses that an action goes with."""
