"""Bytes that nobody would think of, for all that reads what others wrote."""
