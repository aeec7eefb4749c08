"""Folders on servers: real ones, of every kind that the machine has."""
