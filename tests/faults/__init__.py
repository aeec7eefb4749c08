"""Faults that are caused for real: killed processes, full disks, folders that go away."""
