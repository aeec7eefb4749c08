"""Everything that touches an exchange folder: finding, copying, delivering, setting aside (SPEC §6)."""
