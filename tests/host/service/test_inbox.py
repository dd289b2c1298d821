"""The queue into the service's thread: inputs first, questions one at a time."""

from concurrent.futures import Future
from threading import Thread
from typing import Any

import pytest

from host.core.outcome import Connection
from host.service.inbox import Inbox
from tests.host.host_at_work import until


def ask(inbox: Inbox, do: Any) -> "Future[Any]":
    """Call from another thread, as a web server does."""
    answer: Future[Any] = Future()

    def call() -> None:
        try:
            answer.set_result(inbox.call(do))
        except ZeroDivisionError as error:
            answer.set_exception(error)

    Thread(target=call, daemon=True).start()
    return answer


def test_questions_do_not_hold_up_what_waits_behind_them() -> None:
    inbox = Inbox()
    done: list[int] = []
    answers = [ask(inbox, lambda number=number: done.append(number)) for number in range(3)]
    until(lambda: inbox.waiting() == 3)
    inbox.put(item := Connection("B1", True, 0))
    assert inbox.take(10).inputs == [item]
    assert done == []
    for turn in range(1, 4):
        inbox.answer_one()
        assert len(done) == turn
        assert inbox.take(0 if turn == 3 else 10).inputs == []  # and does not wait
    assert [answer.result(10) for answer in answers] == [None] * 3


def test_a_question_that_fails_fails_whoever_asked_and_nobody_else() -> None:
    inbox = Inbox()
    answer = ask(inbox, lambda: 1 / 0)
    until(lambda: inbox.waiting() == 1)
    inbox.take(10)
    inbox.answer_one()
    with pytest.raises(ZeroDivisionError):
        answer.result(10)
