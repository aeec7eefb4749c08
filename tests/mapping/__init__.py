"""The mapping: every field in every version, the links, the rules."""
