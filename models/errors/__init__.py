"""Everything that Shopstaff says no with.

    ShopstaffError                  knows its words and the exit code of the command line
    ├── Refusal                     1  a rule said no; nothing was changed
    │   ├── Unauthorised               recorded in the log, because somebody tried
    │   │   ├── NotAllowed                the permission is not held
    │   │   ├── OutOfReach                the other's access, or the grant, is wider than one's own
    │   │   ├── UntilTooLate              the grant would outlive one's own
    │   │   ├── OwnerProtected            the owner is never frozen, granted to or taken from
    │   │   ├── OwnAccount                nobody changes their own access
    │   │   ├── OwnRole                   nobody edits a role they hold
    │   │   ├── OwnerOnly                 the permission is in no role and no extra
    │   │   ├── OwnerAlone                only the owner may do it
    │   │   ├── Incompatible              two permissions that are kept apart would come together
    │   │   ├── SamePerson                nobody decides on their own request
    │   │   └── ConsoleAlone              only the operator at the machine may do it
    │   ├── SessionEnded               the session was ended; sign in again
    │   ├── SignInRefused              one sentence for every reason, so that it tells a stranger nothing
    │   ├── CodeRefused                likewise for one-time codes
    │   ├── SignInLocked               too many attempts failed; says how long to wait
    │   ├── SecondFactorNeeded         the password was right, and is not enough
    │   ├── NotFromHere  NotNow  DeviceNeeded    proved, but not from here, not now, not without a device key
    │   ├── KeyRefused                           a device key that opens nothing
    │   ├── EnrolFirst                 the session can only set up TOTP
    │   ├── SessionLocked              the session waits for the password
    │   ├── ProofNeeded                the last proof is too long ago
    │   ├── WrongProof                 the password or code of somebody signed in is wrong
    │   ├── ClockWrong                 the machine's clock is behind the latest time seen
    │   ├── TotpMissing  TotpRequired    it takes TOTP; the shop asks for it
    │   ├── RequestGone  RequestsFull  the request is no longer open; too many are
    │   ├── AskedAlready  HeldAlready  PostBars    nothing to ask for
    │   ├── OfferGone                  the offer of the shop is no longer open
    │   ├── Stale                      somebody else saved meanwhile
    │   ├── SeatNone                   every counted seat is taken
    │   ├── SeatsOver                  these seats are over, or were ended
    │   ├── DepartmentOccupied         people or departments are still inside
    │   ├── DepartmentInside           a department cannot move into itself
    │   ├── RoleHeld                   a role that people hold is not closed
    │   ├── WrongStatus                that cannot be done to a person in this state
    │   ├── AlreadyFounded             the shop stands already
    │   ├── RowsRefused                rows of a file cannot be used, and nobody said to go on without them
    │   ├── Cancelled                  the person who asked for it stopped it
    │   └── NothingChanged             what was asked for is already so
    ├── Wrong                       2  what was typed cannot be used; `field` says where
    │   ├── Invalid                    too long, wrong form, hostile text
    │   ├── Taken                      somebody has it already
    │   ├── PasswordWeak               would be guessed
    │   └── Unknown                    there is no such person, role, department or permission
    └── DataUnusable                3  the shop's data cannot be used now
        ├── ShopMissing                there is no shop here yet
        ├── ShopLocked                 another process has been holding it for too long
        ├── KeyMissing  KeyWrong  KeyExposed    the key file is not as it has to be
        ├── KeyLost  KeyUnfit  AnotherShop       a backup cannot be restored here like this
        ├── BackupImpossible  BackupUnusable    a copy could not be made; a file is no backup
        ├── LogDamaged                 the log was tampered with: nothing is changed until somebody has looked
        ├── DiskFailing                the disk has room, and fails all the same
        ├── IndexDamaged  SqliteUnfit  messages cannot be searched; this SQLite could not search them
        ├── DiskFull  ShopReadOnly  ShopDamaged  ShopNewer

An error is raised with the facts, and says its words only when they are asked for: in the reader's language.
"""

from __future__ import annotations

from models.errors._base import ShopstaffError
from models.errors.control import AskedAlready, HeldAlready, Incompatible, PostBars, RequestGone, RequestsFull, SamePerson
from models.errors.data import (
    AnotherShop,
    BackupImpossible,
    BackupUnusable,
    DataUnusable,
    DiskFailing,
    DiskFull,
    IndexDamaged,
    KeyExposed,
    KeyLost,
    KeyMissing,
    KeyUnfit,
    KeyWrong,
    LogDamaged,
    ShopDamaged,
    ShopLocked,
    ShopMissing,
    ShopNewer,
    ShopReadOnly,
    SqliteUnfit,
)
from models.errors.proof import (
    ClockWrong,
    DeviceNeeded,
    EnrolFirst,
    KeyRefused,
    NotFromHere,
    NotNow,
    OfferGone,
    ProofNeeded,
    SecondFactorNeeded,
    SessionLocked,
    SignInLocked,
    TotpMissing,
    TotpRequired,
    WrongProof,
)
from models.errors.refusals import (
    AlreadyFounded,
    Cancelled,
    CodeRefused,
    ConsoleAlone,
    DepartmentInside,
    DepartmentOccupied,
    NotAllowed,
    NothingChanged,
    OutOfReach,
    OwnAccount,
    OwnerAlone,
    OwnerOnly,
    OwnerProtected,
    OwnRole,
    Refusal,
    RoleHeld,
    RowsRefused,
    SeatNone,
    SeatsOver,
    SessionEnded,
    SignInRefused,
    Stale,
    Unauthorised,
    UntilTooLate,
    WrongStatus,
)
from models.errors.wrong import Invalid, PasswordWeak, Taken, Unknown, Wrong

__all__ = [
    "AlreadyFounded",
    "AnotherShop",
    "AskedAlready",
    "BackupImpossible",
    "BackupUnusable",
    "Cancelled",
    "ClockWrong",
    "CodeRefused",
    "ConsoleAlone",
    "DataUnusable",
    "DepartmentInside",
    "DepartmentOccupied",
    "DeviceNeeded",
    "DiskFailing",
    "DiskFull",
    "EnrolFirst",
    "HeldAlready",
    "Incompatible",
    "IndexDamaged",
    "Invalid",
    "KeyExposed",
    "KeyLost",
    "KeyMissing",
    "KeyRefused",
    "KeyUnfit",
    "KeyWrong",
    "LogDamaged",
    "NotAllowed",
    "NotFromHere",
    "NotNow",
    "NothingChanged",
    "OfferGone",
    "OutOfReach",
    "OwnAccount",
    "OwnRole",
    "OwnerAlone",
    "OwnerOnly",
    "OwnerProtected",
    "PasswordWeak",
    "PostBars",
    "ProofNeeded",
    "Refusal",
    "RequestGone",
    "RequestsFull",
    "RoleHeld",
    "RowsRefused",
    "SamePerson",
    "SeatNone",
    "SeatsOver",
    "SecondFactorNeeded",
    "SessionEnded",
    "SessionLocked",
    "ShopDamaged",
    "ShopLocked",
    "ShopMissing",
    "ShopNewer",
    "ShopReadOnly",
    "ShopstaffError",
    "SignInLocked",
    "SignInRefused",
    "SqliteUnfit",
    "Stale",
    "Taken",
    "TotpMissing",
    "TotpRequired",
    "Unauthorised",
    "Unknown",
    "UntilTooLate",
    "Wrong",
    "WrongProof",
    "WrongStatus",
]
