"""Every fault that is made, in the order of its row."""

from __future__ import annotations

from typing import Final

from tests.faults.registry import Scenario

SCENARIOS: Final = (
    Scenario("kills", "D1", "3 writers killed at any moment, rollback journal with EXTRA", 500, 9, "kills:with_rollback_journal"),
    Scenario("kills-wal", "D1", "the same, write-ahead log with FULL", 500, 8, "kills:with_wal"),
    Scenario("power-cut", "D1", "the power cut at any call: unsynced writes lost, torn, reordered", 2000, 0, "power:with_rollback_journal"),
    Scenario("power-cut-wal", "D1", "the same, write-ahead log with FULL", 2000, 0, "power:with_wal"),
    Scenario("many", "D2", "8 processes write at once, either journal", 3200, 160, "together:many"),
    Scenario("full-disk", "D3", "people onboarded on a disk of 1 MiB until it is full, then a sign-in", 25, 2, "full_disk:filled"),
    Scenario("flipped-bits", "D4", "a bit of the file turned over, then everything that reads it", 300, 20, "opening:flips"),
    Scenario("unusable", "D4", "read-only, locked, no key, newer, cut off and the like, then everything", 110, 11, "unusable:faced"),
    Scenario("backup-killed", "D5", "kill -9 during a backup, either journal", 300, 12, "backups:kills"),
    Scenario("backup-under-load", "D5", "a backup while 8 processes write, either journal", 60, 6, "backups:under_load"),
    Scenario("restore-killed", "D6", "kill -9 during a restore: into a shop, over garbage, with a new key", 300, 9, "restores:kills"),
    Scenario("restore-under-load", "D6", "a restore while 8 processes write", 40, 2, "restores:under_load"),
    Scenario("restore-by-chance", "D6", "random acts between backups and restores: nobody can do more", 300, 0, "restores:by_chance"),
    Scenario("upgrade-killed", "D7", "an upgrade killed at every statement and every fsync", 200, 0, "opening:upgrades"),
    Scenario("clocks", "D8", "3 writers whose clocks jump an hour, a day, to 1970 and back", 100, 2, "clocks:jumping"),
    Scenario("tamper", "D9", "the log edited, deleted from, reordered, cut off, rewritten, anywhere", 700, 70, "tamper:tampered"),
    Scenario("chats-killed", "C1", "kill -9 of two that deliver messages and one that imports them", 600, 12, "chats:killed"),
)
