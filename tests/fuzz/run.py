"""Fuzz one target: ``python -m tests.fuzz.run TARGET --seconds 60 --corpus FOLDER``.

With atheris, changes are led by what the code came by; without it, they are random changes of the
seeds, and the last line says so. Ends at the first find, with its bytes in the corpus' ``found``.
The last line is JSON: what was run, how, for how long, and how often.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import traceback
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from types import FrameType

#: more of either is a find
HANG, MEGABYTES = 10, 1024
_EXECUTED = re.compile(r"number_of_executed_units:\s+(\d+)")
_PEAK = re.compile(r"peak_rss_mb:\s+(\d+)")


def lay_seeds(name: str, corpus: Path) -> Path:
    """The seeds of a target as files, beside what earlier runs found worth keeping."""
    from tests.fuzz.targets import TARGETS

    folder = corpus / name
    folder.mkdir(parents=True, exist_ok=True)
    (corpus / "found").mkdir(exist_ok=True)
    for seed in TARGETS[name].seeds():
        (folder / sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words = "".join(
        '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n'
        for word in TARGETS[name].words
    )
    (corpus / f"{name}.dict").write_text(words, "ascii")
    return folder


def with_atheris(name: str, seconds: int, corpus: Path) -> dict[str, object]:
    """libFuzzer in a process of its own, which it ends itself at a find."""
    folder = lay_seeds(name, corpus)
    command = [
        sys.executable, "-m", "tests.fuzz.run", name, "--child",
        f"-max_total_time={seconds}", f"-timeout={HANG}", f"-rss_limit_mb={MEGABYTES}",
        "-max_len=32768", "-print_final_stats=1", f"-dict={corpus / f'{name}.dict'}",
        f"-artifact_prefix={corpus / 'found'}/{name}-", str(folder),
    ]  # fmt: skip
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-8000:], file=sys.stderr)
    executed, peak = _EXECUTED.search(done.stderr), _PEAK.search(done.stderr)
    return {
        "target": name,
        "with": "atheris",
        "seconds": round(time.monotonic() - began),
        "executions": int(executed[1]) if executed else 0,
        "peak_mb": int(peak[1]) if peak else 0,
        "corpus": len(list(folder.iterdir())),
        "found": done.returncode != 0,
    }


def child(name: str, options: list[str]) -> None:
    """What libFuzzer runs: our code imported so that its branches are counted."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["converter", "zipfile", "tomllib"]):
        from tests.fuzz.targets import TARGETS
    from tests.fuzz.changes import changed

    target = TARGETS[name]

    def change(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return changed(data, random, target.words)[:most]

    atheris.Setup([sys.argv[0], *options], target.read, custom_mutator=change)
    atheris.Fuzz()


def at_random(name: str, seconds: int, corpus: Path) -> dict[str, object]:
    """Without atheris: random changes of the seeds, each with its own number."""
    from tests.fuzz.changes import changed
    from tests.fuzz.targets import TARGETS

    target, folder = TARGETS[name], lay_seeds(name, corpus)
    seeds = [path.read_bytes() for path in sorted(folder.iterdir())]
    began, count, found = time.monotonic(), 0, False
    random = Random(time.time_ns())
    signal.signal(signal.SIGALRM, _hangs)
    while time.monotonic() - began < seconds and not found:
        data = changed(random.choice(seeds), random, target.words)
        signal.alarm(HANG)
        try:
            target.read(data)
        except BaseException:  # noqa: BLE001 - whatever it is, it is a find
            signal.alarm(0)
            found = True
            traceback.print_exc()
            (corpus / "found" / f"{name}-{sha256(data).hexdigest()[:16]}").write_bytes(data)
        signal.alarm(0)
        count += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "target": name,
        "with": "random changes",
        "seconds": round(time.monotonic() - began),
        "executions": count,
        "peak_mb": peak,
        "corpus": len(seeds),
        "found": found or peak > MEGABYTES,
    }


def _hangs(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"no end after {HANG} s")


def main() -> int:
    if "--child" in sys.argv:
        child(sys.argv[1], sys.argv[3:])
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run")
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, default=Path(".fuzz/corpus"))
    parser.add_argument("--random", action="store_true", help="without atheris")
    given = parser.parse_args()
    led = find_spec("atheris") is not None and not given.random
    os.environ.setdefault("PYTHONHASHSEED", "0")
    run = with_atheris if led else at_random
    told = run(given.target, given.seconds, given.corpus)
    print(json.dumps(told))
    return 1 if told["found"] else 0


if __name__ == "__main__":
    sys.exit(main())
