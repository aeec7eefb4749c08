"""Other programs that map the same invoices: each file here runs in the bench's own environment."""
