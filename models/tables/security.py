"""What protects accounts: the policy, TOTP, recovery codes, counted failures, limits to signing in, and offers of the shop itself."""

from __future__ import annotations

from typing import Any

from peewee import SQL, AutoField, BlobField, BooleanField, Check, ForeignKeyField, IntegerField, TextField

from models.rules.policy import BOUNDS
from models.tables._base import Table, Versioned
from models.tables.staff import Staff


def _within(field: str) -> list[Any]:
    least, most = BOUNDS[field]
    return [Check(f"{field} BETWEEN {least} AND {most}")]


class Policy(Versioned):
    """What the owner asks of every account; one row. `models.rules.policy.Policy` says what each column means."""

    id = IntegerField(primary_key=True, constraints=[Check("id = 1")])
    totp = TextField(constraints=[Check("totp IN ('everyone', 'high_risk', 'nobody')")])
    device_required = BooleanField(constraints=[Check("device_required IN (0, 1)")])
    devices_each = IntegerField(constraints=_within("devices_each"))
    idle_minutes = IntegerField(constraints=_within("idle_minutes"))
    session_hours = IntegerField(constraints=_within("session_hours"))
    sessions_each = IntegerField(constraints=_within("sessions_each"))
    proof_minutes = IntegerField(constraints=_within("proof_minutes"))
    password_length = IntegerField(constraints=_within("password_length"))
    activation_days = IntegerField(constraints=_within("activation_days"))


class Totp(Table):
    """A person's TOTP: which seeds were derived for it, never a seed.

    `generation` counts the enrolments and never goes down; `active` is the one in force, `pending` one that was begun and not verified.
    `last_step` is the latest time step that a code was accepted for, `drift` how many steps the person's clock is ahead of ours.
    `barred` holds from a reset until the one-time code of that reset is given.
    """

    staff = ForeignKeyField(Staff, primary_key=True, on_delete="RESTRICT")
    generation = IntegerField(default=0)
    active = IntegerField(null=True)
    pending = IntegerField(null=True)
    last_step = IntegerField(default=0)
    drift = IntegerField(default=0)
    since = IntegerField(null=True)
    put_off_at = IntegerField(null=True)
    barred = BooleanField(default=False, constraints=[Check("barred IN (0, 1)")])

    class Meta:
        constraints = (
            Check("active IS NULL OR active BETWEEN 1 AND generation"),
            Check("pending IS NULL OR pending BETWEEN 1 AND generation"),
            Check("(active IS NULL) = (since IS NULL)"),
        )


class RecoveryCode(Table):
    """A code in place of TOTP, kept as its SHA-256; in force from `kept_at`, when one of its batch was typed back."""

    id = AutoField()
    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    digest = BlobField(constraints=[Check("length(digest) = 32")])
    created_at = IntegerField()
    kept_at = IntegerField(null=True)
    used_at = IntegerField(null=True)
    void_at = IntegerField(null=True)


RecoveryCode.add_index(RecoveryCode.index(RecoveryCode.staff, where=SQL("used_at IS NULL AND void_at IS NULL"), name="recoverycode_live"))


class SpentPassword(Table):
    """A password that was reset, as an argon2id PHC string: kept to be refused as the next, until there is another."""

    staff = ForeignKeyField(Staff, primary_key=True, on_delete="RESTRICT")
    password = TextField(constraints=[Check("password LIKE '$argon2id$%'")])


class Failure(Table):
    """An attempt to prove something that has not succeeded: counted before the answer, forgotten after a day or a success.

    `account` is a keyed hash of the login that was typed, known or not, so that a password typed in its place is not kept;
    `source` is the device, the address, or "local".
    """

    id = AutoField()
    account = BlobField(constraints=[Check("length(account) = 32")])
    source = TextField()
    factor = TextField(constraints=[Check("factor IN ('password', 'second', 'code')")])
    at = IntegerField()


Failure.add_index(Failure.index(Failure.account, Failure.source, Failure.factor, Failure.at, name="failure_account"))
Failure.add_index(Failure.index(Failure.at, name="failure_at"))


class SignInLimit(Table):
    """From where and when a person may sign in, as `models.rules.limits` writes it; "" for anywhere, and for any time."""

    staff = ForeignKeyField(Staff, primary_key=True, on_delete="RESTRICT")
    addresses = TextField(default="")
    hours = TextField(default="")


class OwnerOffer(Table):
    """The owner offers the shop to an heir, and names the post to keep; at most one offer is open."""

    id = AutoField()
    heir = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    post = TextField(constraints=[Check("post IN ('service', 'operations')")])
    offered_at = IntegerField()
    expires_at = IntegerField()
    ended_at = IntegerField(null=True)
    end = TextField(null=True, constraints=[Check("\"end\" IN ('accepted', 'declined', 'withdrawn', 'replaced')")])

    class Meta:
        constraints = (Check('(ended_at IS NULL) = ("end" IS NULL)'),)


OwnerOffer.add_index(OwnerOffer.index(SQL("(ended_at IS NULL)"), unique=True, where=SQL("ended_at IS NULL"), name="owneroffer_one_open"))
