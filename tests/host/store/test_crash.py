"""A process that is killed, and a disk that is full: nothing that was reported as committed is
lost, and no transaction is there in part."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from host.store.store import Store

ROWS = 40  # of one commit

_COMMITS = f"""
import sys
from pathlib import Path
from host.store.store import Store
from tests.host.store.rows import fix_row, outcome_of
log = Store.open(Path(sys.argv[1])).log
number = int(sys.argv[2])
while True:
    rows = [fix_row("B1", number * {ROWS} + n, 1000) for n in range({ROWS})]
    log.commit([outcome_of(*rows, units={{"B1": b"%d" % number}})])
    print(number, flush=True)
    number += 1
"""

_FULL = f"""
import resource, signal, sys
from pathlib import Path
from host.store.failure import StoreDown
from host.store.store import Store
from tests.host.store.rows import fix_row, outcome_of
path = Path(sys.argv[1])
store = Store.open(path)
log = store.log
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
limit = 500_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
downs = 0
for number in range(300):
    rows = [fix_row("B1", number * {ROWS} + n, 1000) for n in range({ROWS})]
    outcome = outcome_of(*rows, units={{"B1": b"%d" % number}})
    while True:
        try:
            log.commit([outcome])
            break
        except StoreDown:
            downs += 1
            limit += 100_000
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
assert downs > 3, downs
assert [row.sequence for _, row in store.records()] == list(range(300 * {ROWS}))
assert store.states("unit") == {{"B1": b"299"}}
"""


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_a_random_moment(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.db"
    pause = random.Random(seed)
    expected = 0
    for _ in range(2):
        command = [sys.executable, "-c", _COMMITS, str(path), str(expected)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = [process.stdout.readline()]
            time.sleep(pause.uniform(0.0, 0.15))
            process.kill()
            told += process.stdout.readlines()
        promised = int(told[-1]) + 1
        store = Store.open(path)
        sequences = [row.sequence for _, row in store.records()]
        assert sequences == list(range(len(sequences)))  # no gap, nothing twice
        assert len(sequences) % ROWS == 0  # no transaction in part
        assert len(sequences) // ROWS in (promised, promised + 1)
        expected = len(sequences) // ROWS
        assert store.states("unit") == {"B1": b"%d" % (expected - 1)}
        store.close()


def test_a_full_disk_is_down_and_loses_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _FULL, str(tmp_path / "a.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
