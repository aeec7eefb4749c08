"""Two simulated bases of 1C with the converter between them (PROTOCOL.md)."""
