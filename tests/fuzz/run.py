"""One long run of one target, in a process of its own: ``python -m tests.fuzz.run TARGET SECONDS FOLDER``.

With atheris, inputs are led by what they reach in our code; without it (its wheels are few), they are
hypothesis' own. What was found is kept in the corpus, smallest first, and the run goes on.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.fuzz.inputs import LARGEST, mutated
from tests.fuzz.target import CORPUS, Read, Target, bounded

LED = importlib.util.find_spec("atheris") is not None
ROOMS = ["db", "auth", "reports", "tui"]
HERE = Path(__file__).parents[2]


class Run:
    """Counts what came of every input until the time is over."""

    def __init__(self, target: Target, read: Read, seconds: float, folder: Path) -> None:
        self._target, self._read = target, bounded(target, read)
        self._end, self._began = time.monotonic() + seconds, time.monotonic()
        self._report = folder / f"{target.name}.json"
        self._told = 0.0
        self.count = 0
        self.outcomes: Counter[str] = Counter()
        self.found: dict[str, Path] = {}

    def one(self, content: bytes) -> None:
        """Try one input. Ends the process when the time is over."""
        try:
            outcome = self._read(content)
        except Exception as error:
            self._keep(content, error)
            outcome = "found"
        self.count += 1
        self.outcomes[outcome] += 1
        now = time.monotonic()
        if now - self._told > 1 or now > self._end:
            self._told = now
            self.tell()
        if now > self._end:
            sys.stdout.flush()
            os._exit(0)

    def tell(self) -> None:
        """Write how far it is."""
        told = {
            "inputs": self.count, "seconds": time.monotonic() - self._began, "outcomes": self.outcomes,
            "found": {place: str(file) for place, file in self.found.items()}, "led": LED,
        }  # fmt: skip
        self._report.write_text(json.dumps(told), "utf-8")

    def _keep(self, content: bytes, error: Exception) -> None:
        """The smallest input that fails in this place."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if str(HERE) in frame.filename]
        ours = [frame for frame in frames if "/.venv/" not in frame.filename]
        place = f"{type(error).__name__} {Path(ours[-1].filename).relative_to(HERE)}:{ours[-1].lineno}"
        old = self.found.get(place)
        if old is not None and old.stat().st_size <= len(content):
            return
        if old is None:
            print(
                f"--- {self._target.name}: {place}\n{''.join(traceback.format_exception(error))}", flush=True
            )
        else:
            old.unlink()
        file = CORPUS / self._target.name / f"found-{hashlib.sha256(content).hexdigest()[:10]}"
        file.write_bytes(content)
        self.found[place] = file


def main() -> None:
    """Run until the time is over."""
    name, seconds, folder = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
    if LED:
        import atheris

        with atheris.instrument_imports(include=ROOMS):
            from tests.fuzz.targets import TARGETS
    else:
        from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    with target.opened() as read:
        run = Run(target, read, seconds, folder)
        if LED:
            _led(run, target, folder)
        else:
            _unled(run, target)


def _led(run: Run, target: Target, folder: Path) -> None:
    import atheris

    grown, words = folder / target.name, folder / f"{target.name}.dict"
    grown.mkdir(parents=True, exist_ok=True)
    words.write_text("".join(f'"{_escaped(token)}"\n' for token in target.words()), "ascii")
    options = [
        f"-dict={words}",
        f"-max_len={LARGEST}",
        "-timeout=60",
        "-rss_limit_mb=0",
        "-print_final_stats=0",
        f"-artifact_prefix={CORPUS / target.name}/found-",
    ]
    atheris.Setup(
        [sys.argv[0], str(grown), str(CORPUS / target.name), *options, "-verbosity=0"],
        run.one,
        internal_libfuzzer=True,
    )
    atheris.Fuzz()


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


def _unled(run: Run, target: Target) -> None:
    from hypothesis import HealthCheck, given, seed, settings

    seeds = [file.read_bytes() for file in target.seeds()]
    for number in range(1 << 30):

        @seed(number)
        @settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(mutated(seeds, target.words()))
        def tried(content: bytes) -> None:
            run.one(content)

        tried()


if __name__ == "__main__":
    main()
