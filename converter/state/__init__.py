"""What the converter must not forget, in a database: counters, queues, objects, journal (SPEC §4, §5)."""
