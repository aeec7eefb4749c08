"""What is kept and what is asked of it."""
