"""The mapping between the two formats, as tables, and what does not fit into tables (SPEC §2, §3)."""
