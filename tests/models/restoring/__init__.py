"""D6: a backup comes back, and nothing that was revoked since does."""
