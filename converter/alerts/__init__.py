"""Alerts: a person is told when something goes wrong, and when it is over (docs/alerts.md).

What is wrong is a set of conditions (`conditions`), computed from the state and from how the last
pass ended. The state remembers which channel has told which of them; the difference is what is
still to be told (`telling`). So nothing is told twice by design, nothing is forgotten by a process
that dies, and a channel that was away for a week tells how things stand and not all that happened.
"""
