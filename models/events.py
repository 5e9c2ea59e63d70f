"""The closed vocabulary of the log: every action that an entry can have, `object.verb`, with its sentence.

A sentence's `{object}` is what the act was done to, under the name it had then. An action that is not in here cannot be
recorded.
"""

from __future__ import annotations

from typing import Final

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
}


def sentence(action: str, object_label: str) -> str:
    """What was done, in the language in force; an action of a newer version's is shown as it is written."""
    return _(SENTENCES[action]).format(object=object_label) if action in SENTENCES else f"{action} {object_label}"
