"""Which invoice an operation that names none may belong to: proposals for a person (SPEC §2)."""
