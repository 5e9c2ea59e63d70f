"""Every command there is, with what it takes; each names the function that does it, so that only its module is imported."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import i18n
from models.catalogue import POSTS
from models.i18n import N_
from tui.cli.arguments import FILTERS, FIRST, JSON, LINE, LOGIN, NUMBER, PERMISSION, ROLE, UNTIL, Argument


class Command(NamedTuple):
    """A command: its words, what it does, `module:function` in this package, and what it takes."""

    words: str
    help: str
    run: str
    arguments: tuple[Argument, ...] = ()


COMMANDS: Final = (
    Command("demo", N_("open a filled sample shop in a throwaway folder"), ""),
    Command(
        "init",
        N_("set up the shop; the owner's password on standard input"),
        "founding:init",
        (
            Argument("--shop", N_("the shop's name"), required=True, metavar="NAME"),
            Argument("--code", N_("the shop's short code, as little-shop"), required=True, metavar="CODE"),
            Argument("--owner", N_("the owner's login"), required=True, metavar="LOGIN"),
            Argument("--name", N_("the owner's name"), required=True, metavar="NAME"),
            Argument("--lang", N_("the shop's language: en or zh"), choices=i18n.LANGUAGES),
            JSON,
        ),
    ),
    Command(
        "import",
        N_("onboard many people from a CSV file"),
        "importing:bring_in",
        (
            Argument("FILE.csv", N_("the file: login,name,nickname,number,phone,email,department,post,roles,extras,until")),
            Argument("--dry-run", N_("only say what would happen"), flag=True),
            Argument("--skip-bad", N_("go on without the rows that cannot be used"), flag=True),
            Argument("--rejects", N_("a new file for the rows that cannot be used, with the reason"), metavar="FILE"),
            Argument("--codes", N_("a new file for the activation codes, which are shown nowhere else"), metavar="FILE"),
            JSON,
        ),
    ),
    Command(
        "export",
        N_("take data out; it is recorded in the log"),
        "exporting:take_out",
        (
            Argument(
                "WHAT",
                N_("staff, roles, access, review, figures or audit"),
                choices=("staff", "roles", "access", "review", "figures", "audit"),
            ),
            Argument("--csv", N_("as CSV"), flag=True),
            Argument("--json", N_("as JSON"), flag=True),
            Argument("--html", N_("as a page to print"), flag=True),
            Argument("-o", N_("into a new file that only you can read"), metavar="FILE"),
            *FILTERS,
        ),
    ),
    Command(
        "audit list",
        N_("what was done, the newest first"),
        "auditing:listed",
        (*FILTERS, Argument("--limit", N_("so many at most; on a terminal 200, unless you say otherwise"), metavar="N"), JSON),
    ),
    Command(
        "chat import",
        N_("take in what customers and staff wrote to each other, from a file; the same file once more changes nothing"),
        "chats:bring_in",
        (
            Argument("FILE.jsonl", N_("a JSON object a line: id, customer, staff, at, from, text (docs/chats.md)")),
            Argument("--rejects", N_("a new file for the lines that cannot be used, with the reason"), metavar="FILE"),
            JSON,
        ),
    ),
    Command(
        "chat deliver",
        N_("take in the same lines from standard input as they come, each acknowledged on standard output once it is on the disk"),
        "chats:deliver",
    ),
    Command("staff list", N_("everybody, who left included"), "people:listed", (JSON,)),
    Command("staff show", N_("one person"), "people:show", (LOGIN, JSON)),
    Command("staff freeze", N_("shut a person out at once"), "people:freeze", (LOGIN, JSON)),
    Command("staff unfreeze", N_("let a frozen person back in"), "people:unfreeze", (LOGIN, JSON)),
    Command(
        "staff leave",
        N_("end a person's access for good: now, or at the end of a day"),
        "people:leave",
        (
            LOGIN,
            Argument("--on", N_("the last day, as 2026-12-31; planning again changes it, “never” takes it back"), metavar="DATE"),
            JSON,
        ),
    ),
    Command("staff reinstate", N_("bring a person back, without access"), "people:reinstate", (LOGIN, JSON)),
    Command(
        "staff move",
        N_("put a person into another department"),
        "people:move",
        (LOGIN, Argument("DEPARTMENT", N_("its path, as “Customer service/Night shift”; / for the shop itself")), JSON),
    ),
    Command("staff code", N_("make a new activation or reset code"), "people:code", (LOGIN, JSON)),
    Command("extra grant", N_("give a permission to a person"), "granting:extra_grant", (PERMISSION, LOGIN, UNTIL, JSON)),
    Command("extra revoke", N_("take a permission from a person"), "granting:extra_revoke", (PERMISSION, LOGIN, JSON)),
    Command(
        "activate",
        N_("activate an account, or set a new password after a reset; activation or reset code and new password on standard input"),
        "founding:activate",
        (LOGIN, JSON),
    ),
    Command("role list", N_("every role"), "roles:listed", (JSON,)),
    Command("role show", N_("what is in a role"), "roles:show", (ROLE, JSON)),
    Command(
        "role set",
        N_("make a role, or replace what is in it"),
        "roles:replace",
        (ROLE, Argument("PERMISSION", N_("codes of permissions"), many=True), JSON),
    ),
    Command("role grant", N_("give a role to a person"), "granting:role_grant", (ROLE, LOGIN, UNTIL, JSON)),
    Command("role revoke", N_("take a role from a person"), "granting:role_revoke", (ROLE, LOGIN, JSON)),
    Command(
        "check",
        N_("whether a person may use a permission now: the exit code is the answer"),
        "",
        (
            LOGIN,
            PERMISSION,
            Argument("--why", N_("say why"), flag=True),
            Argument(
                "--act",
                N_("what they are about to do with it, in a line: the log then says that they were allowed or refused it"),
                metavar="TEXT",
            ),
            JSON,
        ),
    ),
    Command(
        "reset-owner",
        N_("let an owner back in who is locked out, by a reset code; or with --to, make somebody else the owner"),
        "rescue:reset_owner",
        (
            Argument("--to", N_("who works here and is to be the owner; the former owner is frozen, without grants"), metavar="LOGIN"),
            Argument("--post", N_("with --to, the post of the former owner: service or operations"), choices=POSTS),
            JSON,
        ),
    ),
    Command(
        "device list",
        N_("everybody's device keys, or one person's"),
        "devices:listed",
        (Argument("LOGIN", N_("a login; without it, everybody's"), optional=True), JSON),
    ),
    Command(
        "device add",
        N_("enrol the SSH public key of a person's device"),
        "devices:add",
        (
            LOGIN,
            Argument("KEYFILE", N_("the file of the public key, as id_ed25519.pub; - for standard input")),
            Argument("--name", N_("what the device is called, in place of its file's name"), metavar="NAME"),
            UNTIL,
            JSON,
        ),
    ),
    Command(
        "device revoke",
        N_("shut a device's key out for good; its person's sessions end"),
        "devices:revoke",
        (LOGIN, Argument("FINGERPRINT", N_("the key's, as device list prints it")), JSON),
    ),
    Command(
        "audit verify",
        N_("say whether the log is as it was written; exit code 3 where it is not"),
        "verifying:verify",
        (Argument("--anchor", N_("a code of the log from some time ago: say whether it still has that past"), metavar="CODE"), JSON),
    ),
    Command("audit accept", N_("go on with a log that was found damaged; until then nothing can be changed"), "verifying:accept", (JSON,)),
    Command(
        "backup",
        N_("make a backup, while the shop goes on; the key file is in none"),
        "backups:backup",
        (
            Argument("TARGET", N_("a folder, as of a stick, or a new file; without it, “backups” in the data folder"), optional=True),
            Argument("--key", N_("instead, copy the key file: onto another stick than the backups"), metavar="FILE"),
            Argument("--list", N_("instead, list the backups there are, in TARGET or in the data folder"), flag=True),
            JSON,
        ),
    ),
    Command("seat list", N_("the ledger of seats that were gifted and bought, and what has become of them"), "seats:listed", (JSON,)),
    Command(
        "seat gift",
        N_("write down seats that the marketplace gives for nothing; claiming them is another command"),
        "seats:gift",
        (NUMBER, FIRST, UNTIL, JSON),
    ),
    Command("seat claim", N_("claim gifted seats: from then on they count"), "seats:claim", (LINE, JSON)),
    Command(
        "seat buy",
        N_("write down seats that are bought by the month"),
        "seats:buy",
        (
            NUMBER,
            Argument("--price", N_("for a seat and month; 2.00 unless you say otherwise"), metavar="PRICE"),
            Argument("--months", N_("for so many months; one unless you say otherwise"), metavar="N"),
            FIRST,
            JSON,
        ),
    ),
    Command("seat renew", N_("buy the same seats again, from the moment they end"), "seats:renew", (LINE, JSON)),
    Command("seat end", N_("end seats at once: they were a mistake, or are cancelled"), "seats:end", (LINE, JSON)),
    Command(
        "seat count",
        N_("have seats counted, so that nobody comes in without a free one, or no longer"),
        "seats:count",
        (Argument("SWITCH", N_("on or off"), choices=("on", "off")), JSON),
    ),
    Command("ssh config", N_("print what sshd has to be told, for sshd_config"), "ssh:config"),
    Command(
        "ssh keys",
        N_("print the line by which a device key opens the screens; sshd asks this (AuthorizedKeysCommand)"),
        "ssh:keys",
        (
            Argument("USER", N_("the user of the operating system who owns the data folder")),
            Argument("FINGERPRINT", N_("the key's, as ssh prints it; what follows is not read"), many=True),
        ),
    ),
    Command(
        "restore",
        N_("put a backup in the place of the shop's data, after showing what changes by it; nothing that was revoked since comes back"),
        "restoring:restore",
        (
            Argument("FILE", N_("the backup, as little-shop-2026-11-22T030000Z.shopstaff.zip")),
            Argument("--key", N_("the copy of the key file, where that is not in the data folder any more"), metavar="FILE"),
            Argument("--new-key", N_("the key file is lost: go on with a new one; everybody sets up phone codes anew"), flag=True),
            Argument("--dry-run", N_("only say what would happen"), flag=True),
            Argument("--yes", N_("do not ask first"), flag=True),
            JSON,
        ),
    ),
    Command(
        "doctor",
        N_("say what is wrong with the machine, its sshd and the data folder, and what to do about it"),
        "rescue:doctor",
        (
            Argument("--clock", N_("instead, accept the machine's present time, though later times were seen"), flag=True),
            Argument("--index", N_("instead, make the index anew by which messages are found, from the messages"), flag=True),
            Argument("--free", N_("instead, give back the space that is held for the day the disk is full"), flag=True),
            Argument("--journal", N_("instead, have SQLite write with another journal"), choices=("delete", "wal")),
            JSON,
        ),
    ),
)

GROUPS: Final = {
    "staff": N_("people: list, show, freeze, unfreeze, leave, reinstate, move, code"),
    "extra": N_("permissions beside the roles: grant, revoke"),
    "role": N_("roles: list, show, set, grant, revoke"),
    "device": N_("SSH keys of people's devices: list, add, revoke"),
    "audit": N_("the log: list, verify, accept"),
    "chat": N_("conversations of customers with staff: import, deliver"),
    "seat": N_("seats, where they are counted: list, gift, claim, buy, renew, end, count"),
    "ssh": N_("for sshd: config, keys"),
}
