"""The closed vocabulary of the log: every action that an entry can have, `object.verb`, with its sentence, its area and its risk.

A sentence's `{object}` is what the act was done to, under the name it had then; of an act in another program, what that program said
was to be done. An action that is not in here cannot be recorded.
"""

from __future__ import annotations

from typing import Final

from models.catalogue import permissions
from models.i18n import N_, _

SENTENCES: Final = {
    "shop.found": N_("Set up the shop {object}"),
    "shop.edit": N_("Changed the settings of {object}"),
    "department.add": N_("Added the department {object}"),
    "department.rename": N_("Renamed the department {object}"),
    "department.move": N_("Moved the department {object}"),
    "department.reorder": N_("Changed the place of the department {object}"),
    "department.head": N_("Changed the head of the department {object}"),
    "department.close": N_("Closed the department {object}"),
    "role.add": N_("Made the role {object}"),
    "role.edit": N_("Changed the role {object}"),
    "role.close": N_("Closed the role {object}"),
    "role.grant": N_("Gave a role to {object}"),
    "role.revoke": N_("Took a role from {object}"),
    "extra.grant": N_("Gave a permission to {object}"),
    "extra.revoke": N_("Took a permission from {object}"),
    "staff.onboard": N_("Onboarded {object}"),
    "staff.edit": N_("Changed the profile of {object}"),
    "staff.post": N_("Changed the post of {object}"),
    "staff.move": N_("Moved {object} to another department"),
    "staff.freeze": N_("Froze {object}"),
    "staff.unfreeze": N_("Unfroze {object}"),
    "staff.leave": N_("Ended the access of {object}, who left"),
    "staff.reinstate": N_("Reinstated {object}"),
    "staff.code": N_("Made a new activation or reset code for {object}"),
    "staff.activate": N_("Activated the account {object}"),
    "staff.language": N_("Changed the language of {object}"),
    "session.start": N_("Signed in as {object}"),
    "session.end": N_("Signed out {object}"),
    "session.refuse": N_("Was refused to sign in as {object}"),
    "session.new_address": N_("Signed in as {object} from a new address"),
    "session.lock": N_("Locked the session of {object}"),
    "session.unlock": N_("Unlocked the session of {object}"),
    "session.prove": N_("Proved once more to be {object}"),
    "session.prove.refuse": N_("Failed to prove to be {object}"),
    "totp.begin": N_("Began to set up phone codes for {object}"),
    "totp.on": N_("Turned on phone codes for {object}"),
    "totp.off": N_("Turned off phone codes for {object}"),
    "totp.put_off": N_("Put off setting up phone codes for {object}"),
    "recovery.make": N_("Made new recovery codes for {object}"),
    "recovery.keep": N_("Kept the recovery codes of {object}"),
    "recovery.use": N_("Used a recovery code of {object}"),
    "security.password": N_("Changed the password of {object}"),
    "security.reset": N_("Reset the security protection of {object}"),
    "security.limit": N_("Changed from where and when {object} may sign in"),
    "device.add": N_("Enrolled a device key for {object}"),
    "device.revoke": N_("Revoked a device key of {object}"),
    "policy.edit": N_("Changed the security policy of {object}"),
    "owner.offer": N_("Offered the shop to {object}"),
    "owner.withdraw": N_("Withdrew the offer of the shop to {object}"),
    "owner.decline": N_("Declined to take over the shop as {object}"),
    "owner.accept": N_("Took over the shop as {object}"),
    "owner.reset": N_("Reset the owner's account {object}"),
    "owner.replace": N_("Made {object} the owner"),
    "clock.accept": N_("Accepted the time of the machine for {object}"),
    "staff.activate.refuse": N_("Was refused to activate {object}"),
    "act.refuse": N_("Was refused an act on {object}"),
    "export.staff": N_("Exported the staff of {object}"),
    "export.roles": N_("Exported the roles of {object}"),
    "export.access": N_("Exported the access of everybody in {object}"),
    "export.audit": N_("Exported the log of {object}"),
    "export.review": N_("Exported the access review of {object}"),
    "staff.leave.plan": N_("Set the day on which {object} leaves"),
    "staff.leave.unplan": N_("Took back the day on which {object} was to leave"),
    "staff.stand_in": N_("Had {object} stand in for a colleague"),
    "staff.replace": N_("Had {object} take over from a colleague"),
    "request.ask": N_("Asked for more access for {object}"),
    "request.withdraw": N_("Withdrew a request of {object}"),
    "request.approve": N_("Approved a request of {object}"),
    "request.decline": N_("Declined a request of {object}"),
    "review.confirm": N_("Confirmed as still right what {object} holds"),
    "separation.declare": N_("Declared two permissions of {object} incompatible"),
    "separation.withdraw": N_("Let two permissions of {object} go together again"),
    "audit.verify": N_("Verified the log of {object}"),
    "audit.accept": N_("Accepted that the log of {object} is damaged, and went on"),
    "backup.make": N_("Made a backup of {object}"),
    "backup.key": N_("Copied the key file of {object}"),
    "shop.restore": N_("Restored {object} from a backup"),
    "shop.journal": N_("Changed how the data of {object} is written to the disk"),
    "shop.index": N_("Had the index of the messages of {object} made anew"),
    "seats.count": N_("Turned the counting of seats of {object} on or off"),
    "seats.gift": N_("Wrote down seats that {object} is gifted"),
    "seats.claim": N_("Claimed gifted seats of {object}"),
    "seats.buy": N_("Bought seats for {object}"),
    "seats.end": N_("Ended seats of {object}"),
    "chat.import": N_("Imported conversations of {object}"),
    "chat.deliver": N_("Had conversations of {object} delivered"),
    "chat.read": N_("Read a conversation of {object}"),
    "chat.read.all": N_("Read a conversation of {object}, beyond the own team"),
    "chat.search": N_("Searched what the team of {object} wrote to customers"),
    "chat.search.all": N_("Searched what everybody in {object} wrote to customers"),
    "export.figures": N_("Exported the work figures of {object}"),
    "program.allow": N_("Elsewhere: {object}"),
    "program.refuse": N_("Refused elsewhere: {object}"),
}

PROGRAM_ALLOW: Final = "program.allow"
PROGRAM_REFUSE: Final = "program.refuse"
PROGRAMS: Final = (PROGRAM_ALLOW, PROGRAM_REFUSE)
"""Acts in other programs. Their object is the permission that was asked for, of kind `PERMISSION`; what was to be done is `act` in
their new values, and their risk is the permission's."""

PERMISSION: Final = "permission"
"""The kind of object that acts in other programs have; its label is the permission's code."""

USES: Final = {
    "department.add": "org.department.manage",
    "department.rename": "org.department.manage",
    "department.move": "org.department.manage",
    "department.reorder": "org.department.manage",
    "department.head": "org.department.manage",
    "department.close": "org.department.manage",
    "role.add": "org.role.manage",
    "role.edit": "org.role.manage",
    "role.close": "org.role.manage",
    "role.grant": "staff.manage",
    "role.revoke": "staff.manage",
    "extra.grant": "staff.manage",
    "extra.revoke": "staff.manage",
    "request.approve": "staff.manage",
    "request.decline": "staff.manage",
    "review.confirm": "staff.manage",
    "staff.onboard": "staff.manage",
    "staff.edit": "staff.manage",
    "staff.post": "staff.manage",
    "staff.move": "staff.manage",
    "staff.reinstate": "staff.manage",
    "staff.stand_in": "staff.manage",
    "staff.replace": "staff.manage",
    "staff.code": "staff.manage",
    "staff.freeze": "staff.freeze",
    "staff.unfreeze": "staff.freeze",
    "staff.leave": "staff.offboard",
    "staff.leave.plan": "staff.offboard",
    "staff.leave.unplan": "staff.offboard",
    "security.reset": "staff.security.reset",
    "shop.edit": "shop.info.edit",
    "export.staff": "staff.view",
    "export.roles": "staff.view",
    "export.access": "staff.view",
    "export.audit": "audit.export",
    "export.review": "audit.view.all",
    "export.figures": "data.staffperf.view",
    "chat.read": "chat.record.team",
    "chat.read.all": "chat.record.all",
    "chat.search": "chat.record.team",
    "chat.search.all": "chat.record.all",
}
"""What an act takes, where it takes a permission of the catalogue: how the log knows that one was used. What people do to their own
account takes none, so an entry whose object is its actor used nothing."""

LOW: Final = "low"
MEDIUM: Final = "medium"
HIGH: Final = "high"

RISKS: Final = (LOW, MEDIUM, HIGH)

_RISKS: Final = {
    "shop.found": HIGH,
    "shop.restore": HIGH,
    "shop.journal": MEDIUM,
    "backup.make": HIGH,
    "backup.key": HIGH,
    "owner.offer": HIGH,
    "owner.accept": HIGH,
    "owner.reset": HIGH,
    "owner.replace": HIGH,
    "owner.withdraw": MEDIUM,
    "owner.decline": MEDIUM,
    "policy.edit": HIGH,
    "clock.accept": HIGH,
    "audit.accept": HIGH,
    "totp.off": HIGH,
    "security.limit": HIGH,
    "device.add": MEDIUM,
    "device.revoke": MEDIUM,
    "security.password": MEDIUM,
    "recovery.make": MEDIUM,
    "recovery.use": MEDIUM,
    "totp.on": MEDIUM,
    "session.new_address": MEDIUM,
    "session.refuse": MEDIUM,
    "session.prove.refuse": MEDIUM,
    "staff.activate.refuse": MEDIUM,
    "act.refuse": MEDIUM,
    "separation.declare": MEDIUM,
    "separation.withdraw": HIGH,
    "staff.edit": LOW,
    "staff.move": MEDIUM,
    "staff.leave.unplan": MEDIUM,
    "export.staff": MEDIUM,
    "export.access": MEDIUM,
    "seats.count": MEDIUM,
    "seats.gift": MEDIUM,
    "seats.claim": MEDIUM,
    "seats.buy": HIGH,
    "seats.end": HIGH,
    "chat.import": MEDIUM,
    "chat.read.all": MEDIUM,
    "chat.search.all": MEDIUM,
}
"""The risk of acts whose risk is not that of the permission that they take."""

AREAS: Final = {
    "staff": N_("People"),
    "access": N_("Access"),
    "requests": N_("Requests"),
    "roles": N_("Roles"),
    "departments": N_("Departments"),
    "sign_in": N_("Signing in"),
    "security": N_("Security"),
    "shop": N_("Shop"),
    "chats": N_("Chats"),
    "log": N_("Log and exports"),
    "refused": N_("Refused"),
    "programs": N_("Other programs"),
}
"""The areas of the log, each with what it is called (marked), in the order in which they are offered."""

_AREA_OF: Final = {
    "staff": "staff",
    "extra": "access",
    "review": "access",
    "request": "requests",
    "role": "roles",
    "separation": "roles",
    "department": "departments",
    "session": "sign_in",
    "totp": "security",
    "recovery": "security",
    "security": "security",
    "device": "security",
    "policy": "security",
    "owner": "shop",
    "shop": "shop",
    "clock": "shop",
    "backup": "shop",
    "seats": "shop",
    "chat": "chats",
    "audit": "log",
    "export": "log",
    "act": "refused",
    "program": "programs",
}
_ACCESS: Final = frozenset({"role.grant", "role.revoke", "staff.post", "staff.stand_in", "staff.replace"})


def area_of(action: str) -> str:
    """The area of the log that an action belongs to; "" of one that is not in the vocabulary."""
    return "access" if action in _ACCESS else _AREA_OF.get(action.partition(".")[0], "")


def actions_in(area: str) -> tuple[str, ...]:
    """The actions of an area, in the vocabulary's order."""
    return tuple(action for action in SENTENCES if area_of(action) == area)


def risk_of(action: str, label: str = "") -> str:
    """The risk of an act: "low", "medium" or "high".

    Args:
        label: of what it was done to; of an act in another program, the permission's code.
    """
    if action in _RISKS:
        return _RISKS[action]
    code = label if action in PROGRAMS else USES.get(action, "")
    permission = permissions().get(code)
    return permission.risk if permission is not None else LOW


def sentence(action: str, object_label: str) -> str:
    """What was done, in the language in force; an action of a newer version's is shown as it is written."""
    return _(SENTENCES[action]).format(object=object_label) if action in SENTENCES else f"{action} {object_label}"
