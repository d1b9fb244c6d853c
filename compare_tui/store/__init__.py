"""The sessions on disk: one SQLite file that every process of this user shares."""
