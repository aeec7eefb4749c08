"""The exchange: one pass of a link takes what is new, and writes what is owed (SPEC §4, PROTOCOL)."""
