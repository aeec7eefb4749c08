"""The report and figures for monitoring, served while `watch` runs. Read-only."""
