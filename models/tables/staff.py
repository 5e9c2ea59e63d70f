"""People: staff accounts, how they prove who they are, their sessions, and the wizards they left half filled."""

from __future__ import annotations

from peewee import SQL, AutoField, BlobField, BooleanField, Check, CompositeKey, ForeignKeyField, IntegerField, TextField

from models.tables._base import Table, Versioned
from models.tables.departments import Department


class Staff(Versioned):
    """One person's account. Never deleted: a login that has left stays taken.

    `pinyin`, `initials` and `search` are what people are found by; `granted_by` and the like name a login or
    `console:<os user>`. `leaves_at` is the last instant of somebody whose departure is planned: past it the account has left, whether or
    not anybody wrote that down yet.
    """

    id = AutoField()
    login = TextField(unique=True, constraints=[Check("login = lower(login)")])
    name = TextField()
    nickname = TextField(default="")
    number = TextField(default="")
    phone = TextField(default="")
    email = TextField(default="")
    department = ForeignKeyField(Department, null=True, backref="people", on_delete="RESTRICT")
    post = TextField(constraints=[Check("post IN ('service', 'operations')")])
    status = TextField(constraints=[Check("status IN ('invited', 'active', 'frozen', 'left')")])
    is_owner = BooleanField(default=False, constraints=[Check("is_owner IN (0, 1)")])
    language = TextField(null=True, constraints=[Check("language IN ('en', 'zh')")])
    pinyin = TextField(default="")
    initials = TextField(default="")
    search = TextField(default="")
    created_at = IntegerField()
    created_by = TextField()
    activated_at = IntegerField(null=True)
    signed_in_at = IntegerField(null=True)
    left_at = IntegerField(null=True)
    leaves_at = IntegerField(null=True, constraints=[Check("leaves_at IS NULL OR is_owner = 0")])
    leaves_by = TextField(null=True, constraints=[Check("(leaves_at IS NULL) = (leaves_by IS NULL)")])

    class Meta:
        constraints = (
            Check("is_owner = 0 OR status = 'active'"),
            Check("(status = 'left') = (left_at IS NOT NULL)"),
            Check("status <> 'active' OR activated_at IS NOT NULL"),
        )


Staff.add_index(Staff.index(Staff.is_owner, unique=True, where=SQL("is_owner = 1"), name="staff_one_owner"))
Staff.add_index(Staff.index(Staff.name, name="staff_name"))
Staff.add_index(Staff.index(Staff.leaves_at, where=SQL("leaves_at IS NOT NULL"), name="staff_leaving"))
Staff.add_index(Staff.index(Staff.status, Staff.login, name="staff_status_login"))


class Credential(Table):
    """A person's password, as an argon2id PHC string; apart from `Staff`, so that no read of people can carry it."""

    staff = ForeignKeyField(Staff, primary_key=True, on_delete="RESTRICT")
    password = TextField(constraints=[Check("password LIKE '$argon2id$%'")])
    changed_at = IntegerField()


class OneTimeCode(Table):
    """A code that lets a person set their own password, kept as its SHA-256. At most one per person is live."""

    id = AutoField()
    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    purpose = TextField(constraints=[Check("purpose IN ('activation', 'reset')")])
    digest = BlobField(constraints=[Check("length(digest) = 32")])
    created_at = IntegerField()
    expires_at = IntegerField()
    used_at = IntegerField(null=True)
    void_at = IntegerField(null=True)

    class Meta:
        constraints = (Check("expires_at > created_at"),)


OneTimeCode.add_index(
    OneTimeCode.index(OneTimeCode.staff, unique=True, where=SQL("used_at IS NULL AND void_at IS NULL"), name="onetimecode_one_live")
)


class Session(Table):
    """Somebody signed in: from when, from where, until when and why it ended.

    `section` is where they were when the session was last seen, `proved_at` when they last proved who they are, `locked_at` since when it
    waits for the password. While `enrolling`, the person can do nothing but set up TOTP.
    """

    id = AutoField()
    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    started_at = IntegerField()
    seen_at = IntegerField()
    proved_at = IntegerField()
    device = TextField(default="")
    address = TextField(default="")
    terminal = TextField(default="")
    section = TextField(default="")
    locked_at = IntegerField(null=True)
    enrolling = BooleanField(default=False, constraints=[Check("enrolling IN (0, 1)")])
    ended_at = IntegerField(null=True)
    end = TextField(null=True)

    class Meta:
        constraints = (Check('(ended_at IS NULL) = ("end" IS NULL)'),)


Session.add_index(Session.index(Session.staff, Session.started_at, name="session_staff_started"))
Session.add_index(Session.index(Session.staff, where=SQL("ended_at IS NULL"), name="session_live"))


class Draft(Table):
    """A wizard left half filled: JSON of what was typed, never a secret."""

    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    kind = TextField()
    payload = TextField()
    saved_at = IntegerField()

    class Meta:
        primary_key = CompositeKey("staff", "kind")
