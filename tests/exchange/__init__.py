"""The exchange from outside: files in, files out (SPEC §1-§6, §8; PROTOCOL)."""
