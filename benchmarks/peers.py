"""How fast does the model read beside others: itself in torch, and encoders of the usual sizes?

Needs the extra `train` (torch). The peers' weights are random: speed depends on their shape alone.
All read the same comments of the corpus, alone, in turns, in one process with the same threads.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.classification import CHECKPOINT, comments
from benchmarks.measure import machine, note, parser, show, table
from models.cores import cores
from models.encoder import load_encoder

OURS = "ours, int8"
PEERS = {
    "same network, torch float32": {},
    "XLM-RoBERTa-base (278 M)": {"hidden_size": 768, "intermediate_size": 3072},
    "BERT-base (110 M)": {"hidden_size": 768, "intermediate_size": 3072},
}
VOCABULARY = {"XLM-RoBERTa-base (278 M)": 250_002, "BERT-base (110 M)": 80_000}
"""BERT-base has 30,000 pieces in German; the table's size costs no time, and one tokenizer serves
all, so that all read the same number of tokens."""
GOALS = dict(zip(PEERS, (3.0, 15.0, 8.0), strict=True))
QUICK_COMMENTS, COMMENTS = 200, 1_000
PIPELINE_BATCH = 32
ROWS = 1_536
"""Of the matrix product that gives the machine's rate: more than a batch of ours has, since that is
faster."""

Rates = dict[str, list[float]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read in turns with each; show comments a second, ratios, and the rate of the products."""
    chosen = parser(__doc__, repeats=3).parse_args(arguments)
    repeats, about = chosen.repeats or (1 if chosen.quick else 3), machine()
    texts, _ = comments(QUICK_COMMENTS if chosen.quick else COMMENTS)
    note("loading")
    readers = {OURS: load_encoder(CHECKPOINT).read} | {name: pipeline(name) for name in PEERS}
    rates = measured(readers, texts, repeats)
    possible, reached = product_rate(), operations(texts) * statistics.median(rates[OURS]) / 1e9
    lines = f"{shown(rates)}\n\n{shown_products(reached, possible)}"
    facts = {"runs": rates, "gops_reached": reached, "gops_possible": possible}
    show("peers", about, lines, facts if chosen.json else None)


def pipeline(name: str) -> Callable[[list[str]], object]:
    """A reader through `transformers.pipeline`, as most people use such a model."""
    import torch
    from transformers import (
        AutoConfig,
        AutoTokenizer,
        BertForSequenceClassification,
        TextClassificationPipeline,
    )

    torch.set_num_threads(cores())
    changes: dict[str, Any] = dict(PEERS[name]) | {"num_labels": 3}
    if name in VOCABULARY:
        changes |= {"vocab_size": VOCABULARY[name], "num_attention_heads": 12}
    config = AutoConfig.from_pretrained(CHECKPOINT, **changes)
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    # RoBERTa differs from BERT in its training, not in what it computes.
    made: Any = TextClassificationPipeline(  # type: ignore[no-untyped-call]
        model=BertForSequenceClassification(config), tokenizer=tokenizer, device="cpu"
    )
    return lambda texts: made(texts, batch_size=PIPELINE_BATCH, truncation=True, max_length=512)


def measured(
    readers: Mapping[str, Callable[[list[str]], object]], texts: list[str], repeats: int
) -> Rates:
    """Comments a second of each reader, in turns; a first, short turn is not counted."""
    rates: Rates = {name: [] for name in readers}
    for turn in range(repeats + 1):
        note(f"turn {turn} of {repeats}")
        for name, read in readers.items():
            part = texts if turn else texts[:64]
            start = time.perf_counter()
            read(part)
            if turn:
                rates[name].append(len(part) / (time.perf_counter() - start))
    return rates


def operations(texts: list[str]) -> float:
    """Multiplications and additions of the weights that a text takes on average, padding apart."""
    from transformers import AutoConfig, AutoTokenizer

    config = AutoConfig.from_pretrained(CHECKPOINT)
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    tokens = sum(len(ids) for ids in tokenizer(texts)["input_ids"]) / len(texts)
    width, inner = config.hidden_size, config.intermediate_size
    return float(2 * tokens * config.num_hidden_layers * (4 * width**2 + 2 * width * inner))


def product_rate() -> float:
    """Billions of operations a second of int8 products as large as ours, in ONNX Runtime."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    width, inner, chain = 384, 1536, 8
    random = np.random.default_rng(0)
    weight = random.integers(-63, 63, (width, inner), dtype=np.int8)
    nodes = [
        helper.make_node("MatMulInteger", ["rows", "weight", "zero"], [f"out{number}"])
        for number in range(chain)
    ]
    graph = helper.make_graph(
        nodes,
        "products",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, [ROWS, width])],
        [
            helper.make_tensor_value_info(f"out{number}", TensorProto.INT32, [ROWS, inner])
            for number in range(chain)
        ],
        [
            numpy_helper.from_array(weight, "weight"),
            numpy_helper.from_array(np.array(128, np.uint8), "zero"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    rows = random.integers(0, 255, (ROWS, width), dtype=np.uint8)
    seconds = []
    for _ in range(15):
        start = time.perf_counter()
        session.run(None, {"rows": rows})
        seconds.append((time.perf_counter() - start) / chain)
    return 2 * ROWS * width * inner / statistics.median(seconds) / 1e9


def shown(rates: Rates) -> str:
    """Each reader's comments a second, and how many times faster ours is, against the goal."""
    ours = statistics.median(rates[OURS])
    rows = []
    for name, each in rates.items():
        ratio = ours / statistics.median(each)
        goal = GOALS.get(name)
        verdict = "" if goal is None else f"{'pass' if ratio >= goal else 'FAIL'} (>= {goal:g})"
        rows.append(
            (name, len(each), statistics.median(each), min(each), max(each), ratio, verdict)
        )
    return table(("", "runs", "comments/s", "min", "max", "ours is x times", "goal"), rows)


def shown_products(reached: float, possible: float) -> str:
    """What of the machine's int8 rate is reached."""
    share = reached / possible
    verdict = "pass" if share >= 0.5 else "FAIL"
    return (
        f"int8 products: {reached:.0f} of {possible:.0f} billion operations a second, "
        f"{share:.0%}, {verdict} (>= 50 %)"
    )


if __name__ == "__main__":
    main()
