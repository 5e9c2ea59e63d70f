"""Tables: constraints and reusable conditions only. `ALL` lists them in the order in which they can be created."""

from __future__ import annotations

from typing import Final

from models.tables._base import Table
from models.tables.audit import AuditEntry
from models.tables.chats import ChatOpening, Conversation, Message
from models.tables.departments import Department
from models.tables.devices import Device
from models.tables.requests import Request
from models.tables.roles import Extra, Role, RoleGrant, RolePermission
from models.tables.security import Failure, OwnerOffer, Policy, RecoveryCode, SignInLimit, SpentPassword, Totp
from models.tables.separation import Separation
from models.tables.shop import Seat, Setting, Shop
from models.tables.staff import Credential, Draft, OneTimeCode, Session, Staff

__all__ = [
    "ALL",
    "AuditEntry",
    "ChatOpening",
    "Conversation",
    "Credential",
    "Department",
    "Device",
    "Draft",
    "Extra",
    "Failure",
    "Message",
    "OneTimeCode",
    "OwnerOffer",
    "Policy",
    "RecoveryCode",
    "Request",
    "Role",
    "RoleGrant",
    "RolePermission",
    "Seat",
    "Separation",
    "Session",
    "Setting",
    "Shop",
    "SignInLimit",
    "SpentPassword",
    "Staff",
    "Table",
    "Totp",
]

ALL: Final[tuple[type[Table], ...]] = (
    Setting,
    Shop,
    Seat,
    Department,
    Staff,
    Credential,
    OneTimeCode,
    Session,
    Draft,
    Role,
    RolePermission,
    RoleGrant,
    Extra,
    AuditEntry,
    Policy,
    Totp,
    RecoveryCode,
    SpentPassword,
    Failure,
    SignInLimit,
    OwnerOffer,
    Device,
    Request,
    Separation,
    Conversation,
    Message,
    ChatOpening,
)
