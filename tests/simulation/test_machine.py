"""The state machine: hypothesis chooses what happens, and shortens what breaks."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.simulation.actions import ACTIONS, Step, play
from tests.simulation.checks import check, converge
from tests.simulation.world import HABITS, Options, World

_CHOICE = st.integers(0, 41)
_EXCHANGE = (
    "x_crm",
    "x_bp",
    "crm_sync",
    "bp_sync",
    "crm_send",
    "bp_send",
    "crm_receive",
    "bp_receive",
    "pass",
)
_FAULTS = (
    "crash",
    "crm_torn",
    "bp_torn",
    "finish",
    "lose",
    "repeat",
    "repeat_ours",
    "wait",
    "backup",
    "restore",
    "restore_unreported",
    "backup_state",
    "restore_state",
    "retry",
    "link",
    "unlink",
)
_OPTIONS = st.builds(
    Options,
    conflicts=st.sampled_from(("crm", "bp")),
    version=st.sampled_from(("1.19", "auto")),
    bp_version=st.just("1.19"),
    crm_echoes=st.booleans(),
    bp_echoes=st.booleans(),
    fills=st.booleans(),
    keeps_first=st.booleans(),
    zips=st.just(False),
    **dict.fromkeys(HABITS, st.booleans()),
)


class Exchange(RuleBasedStateMachine):
    """Two bases, the converter, and surroundings that are not kind."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="machine-"))
        self.world: World | None = None

    @initialize(options=_OPTIONS)
    def begin(self, options: Options) -> None:
        self.world = World(self.root, options)

    @rule(name=st.sampled_from([n for n in ACTIONS if n.startswith("crm_")]), a=_CHOICE, b=_CHOICE)
    def manager(self, name: str, a: int, b: int) -> None:
        self._play(Step(name, a, b))

    @rule(name=st.sampled_from([n for n in ACTIONS if n.startswith("bp_")]), a=_CHOICE, b=_CHOICE)
    def accountant(self, name: str, a: int, b: int) -> None:
        self._play(Step(name, a, b))

    @rule(name=st.sampled_from(_EXCHANGE))
    def exchange(self, name: str) -> None:
        self._play(Step(name))

    @rule(a=_CHOICE, b=_CHOICE)
    def clash(self, a: int, b: int) -> None:
        self._play(Step("clash", a, b))

    @rule(name=st.sampled_from(_FAULTS), a=_CHOICE, b=_CHOICE)
    def fault(self, name: str, a: int, b: int) -> None:
        self._play(Step(name, a, b))

    def _play(self, step: Step) -> None:
        assert self.world is not None
        play(self.world, step)

    def teardown(self) -> None:
        try:
            if self.world is not None:
                converge(self.world)
                check(self.world)
        finally:
            if self.world is not None:
                self.world.close()
            shutil.rmtree(self.root, ignore_errors=True)


def test_the_exchange_keeps_its_promises() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    few = settings(max_examples=25, stateful_step_count=30, suppress_health_check=checks)
    run_state_machine_as_test(Exchange, settings=few)
