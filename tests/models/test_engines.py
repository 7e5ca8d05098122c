"""Batches in, outputs out, in their order; who reads what at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.cores import cores
from models.engines import open_engine

WEIGHTS = Path("onnx/model.onnx")
"""Not opened here: the session is a stand-in that says who runs when."""


def session(monkeypatch, run):
    """Let the library open sessions that answer as `run` does, by the first token's id."""
    named = [SimpleNamespace(name="input_ids")], [SimpleNamespace(name="logits")]
    made = SimpleNamespace(
        get_inputs=lambda: named[0],
        get_outputs=lambda: named[1],
        run=lambda _names, feed: [run(feed["input_ids"])],
    )
    monkeypatch.setattr("onnxruntime.InferenceSession", lambda *_, **__: made)


def batches(count):
    return [(np.full((1, 2), number), np.ones((1, 2), np.int64)) for number in range(count)]


def test_outputs_come_in_the_order_of_the_batches_though_later_ones_are_done_first(monkeypatch):
    second_is_done = threading.Event()

    def run(ids):
        if ids[0, 0] == 0:
            assert second_is_done.wait(30)
        elif ids[0, 0] == 1:
            second_is_done.set()
        return ids[:, :1]

    session(monkeypatch, run)
    found = list(open_engine(WEIGHTS, threads=2)(batches(5)))
    assert [int(each["logits"][0, 0]) for each in found] == [0, 1, 2, 3, 4]


def test_an_engine_begins_before_its_outputs_are_drawn(monkeypatch):
    begun = threading.Event()
    session(monkeypatch, lambda ids: begun.set() or ids)
    outputs = open_engine(WEIGHTS, threads=1)(batches(1))
    assert begun.wait(30)
    assert len(list(outputs)) == 1


def test_two_that_share_an_engine_of_one_thread_do_not_wait_for_each_other(monkeypatch):
    both = threading.Barrier(2)
    session(monkeypatch, lambda ids: [both.wait(30)] and ids)
    engine = open_engine(WEIGHTS, threads=1)
    with ThreadPoolExecutor(2) as pool:
        reads = [pool.submit(lambda: list(engine(batches(1)))) for _ in range(2)]
        assert [len(read.result(60)) for read in reads] == [1, 1]


def test_an_error_of_a_batch_is_raised_where_its_output_is_drawn(monkeypatch):
    def run(ids):
        if ids[0, 0] == 1:
            raise RuntimeError("too long")
        return ids

    session(monkeypatch, run)
    outputs = open_engine(WEIGHTS, threads=1)(batches(2))
    next(outputs)
    with pytest.raises(RuntimeError, match="too long"):
        next(outputs)


def test_without_a_number_of_threads_an_engine_has_one_for_each_core(monkeypatch):
    together = threading.Barrier(cores())
    session(monkeypatch, lambda ids: [together.wait(30)] and ids)
    engine = open_engine(WEIGHTS, threads=0)
    assert len(list(engine(batches(cores())))) == cores()
