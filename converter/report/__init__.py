"""One page about everything: invoices, what waits, what is wrong. It reads what the views give."""
