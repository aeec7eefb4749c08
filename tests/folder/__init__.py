"""Folders of an exchange: faults that are caused for real."""
