"""Thousands of random worlds, on all cores of the machine, and what they found."""

import gc
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from simulator.judges.invariants import Failure
from simulator.swarm.draw import Document, random_world
from simulator.swarm.play import judged
from simulator.swarm.shrink import shrink

_CHUNK = 4  # worlds that a process takes at a time


@dataclass(frozen=True, slots=True)
class Found:
    """What the world of one seed came to."""

    seed: int
    failures: tuple[Failure, ...]


def swarm(seeds: Iterable[int], processes: int | None = None) -> Iterator[Found]:
    """Play the world of each seed, in their order. `processes`: as many as there are cores."""
    processes = processes or os.cpu_count() or 1
    if processes == 1:
        yield from map(find, seeds)
        return
    with ProcessPoolExecutor(processes, initializer=_begin) as pool:
        yield from pool.map(find, seeds, chunksize=_CHUNK)


def find(seed: int) -> Found:
    """Play one world."""
    return Found(seed, tuple(judged(random_world(seed))))


def smallest(seed: int) -> Document:
    """The smallest world found that breaks one of the rules that the seed's own breaks."""
    document = random_world(seed)
    rules = {failure.rule for failure in judged(document)}
    return shrink(document, lambda world: bool(rules & {one.rule for one in judged(world)}))


def _begin() -> None:
    """A process that plays world after world; each leaves little that is not freed by itself."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
