"""Settings: what is taken, what is refused and with which words, what is made from the keys."""
