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


def test_a_busy_thread_cannot_keep_the_turn_from_one_that_waits():
    turns, done = Turns(), threading.Event()

    def busy() -> None:
        while not done.is_set():
            with turns:
                time.sleep(0.002)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        for _ in range(20):
            began = time.perf_counter()
            with turns:
                assert time.perf_counter() - began < 1.0
    finally:
        done.set()
        thread.join()


def test_a_failure_passes_the_turn_on():
    turns = Turns()
    with pytest.raises(RuntimeError, match="broken"), turns:
        raise RuntimeError("broken")
    with turns:
        pass
