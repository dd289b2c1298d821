"""The one queue into the service's thread, and how everything that waits in it is taken at once."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from host.base.errors import ResguardoError
from host.core.outcome import Input
from host.escalation.act import Act

TAKEN_MAX = 512  # inputs of one step
_ANSWER_WITHIN_S = 5.0


class Wake(NamedTuple):
    """Nothing new, but look around: a commit has ended, say."""


class Stop(NamedTuple):
    """The last item."""


class Call(NamedTuple):
    """Something to be looked up on the service's thread, which answers through the future."""

    do: Callable[[], Any]
    answer: "Future[Any]"


class Ask(NamedTuple):
    """An operator's act, who waits until it is committed."""

    act: Act
    answer: "Future[dict[str, Any]]"


@dataclass(slots=True)
class Taken:
    """What waited, in the order in which it came."""

    inputs: list[Input] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    ends: bool = False


class Inbox:
    """Any thread puts; one thread takes."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._calls: deque[Call] = deque()  # the taking thread's

    def put(self, item: Input | Wake | Stop | Ask) -> None:
        """Append an item; never waits."""
        self._queue.put(item)

    def waiting(self) -> int:
        """How many items have not been taken."""
        return self._queue.qsize()

    def call(self, do: Callable[[], Any]) -> Any:
        """Have `do` done by the taking thread's `answer_one`; returns or raises what it does."""
        answer: Future[Any] = Future()
        self._queue.put(Call(do, answer))
        return wait(answer)

    def ask(self, act: Act) -> dict[str, Any]:
        """Have it done; returns the incident or delivery as it is when that is committed."""
        answer: Future[dict[str, Any]] = Future()
        self._queue.put(Ask(act, answer))
        return dict(wait(answer))

    def take(self, wait_s: float) -> Taken:
        """Wait for an item, at most so long, then take all there is, up to TAKEN_MAX.

        Calls are put by for `answer_one`; while any waits, this does not.
        """
        taken = Taken()
        get = self._queue.get_nowait
        try:
            item = self._queue.get(timeout=0 if self._calls else wait_s)
            for _ in range(TAKEN_MAX - 1):
                self._sort(item, taken)
                item = get()
            self._sort(item, taken)
        except Empty:
            pass  # that was all
        return taken

    def answer_one(self) -> None:
        """Do the call that has waited longest. One a turn: who asks must not delay who warns."""
        if self._calls:
            call = self._calls.popleft()
            fulfil(call.answer, call.do)

    def _sort(self, item: Any, taken: Taken) -> None:
        kind = type(item)
        if kind is Ask:
            taken.asks.append(item)
            taken.inputs.append(item.act)
        elif kind is Call:
            self._calls.append(item)
        elif kind is Stop:
            taken.ends = True
        elif kind is not Wake:
            taken.inputs.append(item)


def wait(answer: "Future[Any]") -> Any:
    """The answer, or ResguardoError when it does not come soon."""
    try:
        return answer.result(_ANSWER_WITHIN_S)
    except TimeoutError as error:
        raise ResguardoError("the host is too busy, or its database is down: try again") from error


def fulfil(answer: "Future[Any]", do: Callable[[], Any]) -> None:
    """Answer with what `do` returns or raises: it fails whoever asked, and nobody else."""
    try:
        answer.set_result(do())
    except Exception as error:
        answer.set_exception(error)
