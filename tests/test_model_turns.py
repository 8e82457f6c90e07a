"""Models take turns: in the order of asking, one at a time, and a failure passes the turn on."""

from __future__ import annotations

import threading
import time

import pytest

from rag.engine import Turns


def test_turns_go_round_in_the_order_of_asking_one_at_a_time():
    turns, order, inside = Turns(), [], []

    def take(name: int) -> None:
        with turns:
            inside.append(name)
            assert len(inside) == 1
            order.append(name)
            time.sleep(0.001)
            inside.remove(name)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(8)]
    with turns:
        for thread in threads:
            thread.start()
            time.sleep(0.01)  # it is waiting before the next one asks
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_one_who_leaves_the_queue_is_not_waited_for(monkeypatch):
    turns, got = Turns(), threading.Event()

    class Ticket:
        def acquire(self):
            if hasattr(self, "held"):
                raise KeyboardInterrupt
            self.held = True

    def waits() -> None:
        with turns:
            got.set()

    with turns:
        with monkeypatch.context() as patched:
            patched.setattr(threading, "Lock", Ticket)
            with pytest.raises(KeyboardInterrupt), turns:
                pass
        thread = threading.Thread(target=waits)
        thread.start()
        assert not got.wait(0.05)
    assert got.wait(5)
    thread.join()


def test_who_had_a_turn_does_not_get_the_next_before_one_that_waits():
    turns, order, ready = Turns(), [], threading.Event()

    def waits() -> None:
        ready.set()
        with turns:
            order.append("waited")

    thread = threading.Thread(target=waits)
    with turns:
        thread.start()
        ready.wait()
        time.sleep(0.05)  # it is in the queue
    with turns:  # a plain lock would be taken here at once, before the other wakes
        order.append("again")
    thread.join()
    assert order == ["waited", "again"]


def test_a_failure_passes_the_turn_on():
    turns = Turns()
    with pytest.raises(RuntimeError, match="broken"), turns:
        raise RuntimeError("broken")
    with turns:
        pass
