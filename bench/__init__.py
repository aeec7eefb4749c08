"""Speed and memory, measured side by side with others: ``python -m bench`` (docs/performance.md)."""
