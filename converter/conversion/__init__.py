"""One-off work on files, without a state: convert, validate, inspect (SPEC §7)."""
