"""Faults that really happen: processes killed, disks full, bits that fall over. Each is a function that counts what it saw."""
