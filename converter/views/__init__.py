"""What people ask of the state: how the exchange stands, invoices, history. Nothing here writes."""
