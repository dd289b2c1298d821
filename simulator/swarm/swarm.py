"""Thousands of random worlds, on all cores of the machine, and what they found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.judges.invariants import Failure
from simulator.swarm.draw import Document, random_world
from simulator.swarm.play import judged
from simulator.swarm.shrink import shrink
from simulator.worlds.cores import on_all_cores

_CHUNK = 4  # worlds that a process takes at a time


@dataclass(frozen=True, slots=True)
class Found:
    """What the world of one seed came to."""

    seed: int
    failures: tuple[Failure, ...]


def swarm(seeds: Iterable[int], processes: int | None = None) -> Iterator[Found]:
    """Play the world of each seed, in their order. `processes`: as many as there are cores."""
    yield from on_all_cores(find, seeds, chunk=_CHUNK, processes=processes)


def find(seed: int) -> Found:
    """Play one world."""
    return Found(seed, tuple(judged(random_world(seed))))


def smallest(seed: int) -> Document:
    """The smallest world found that breaks one of the rules that the seed's own breaks."""
    document = random_world(seed)
    rules = {failure.rule for failure in judged(document)}
    return shrink(document, lambda world: bool(rules & {one.rule for one in judged(world)}))
