"""The envelope of a message: reading it as a stream, and writing it (SPEC §2, FORMAT §2)."""
