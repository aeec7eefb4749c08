"""Whole messages through the one-off conversion."""
