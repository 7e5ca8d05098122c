"""Run a checkpoint's weights: padded token ids in, the network's outputs by name out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.cores import cores

Floats = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int64]

Batch = tuple[Tokens, Tokens]
"""`input_ids` and `attention_mask`, both (texts, tokens)."""
Engine = Callable[[Iterable[Batch]], Iterator[Mapping[str, Floats]]]
"""Batches -> of each, in their order, every output by name, (texts, width).

An engine may begin when it is called; it need not be done before what it gives is drawn.
"""

ONNX_FILES = ("onnx/model_quantized.onnx", "onnx/model.onnx", "model.onnx")
TORCH_FILES = ("model.safetensors", "pytorch_model.bin")


def weights_file(folder: Path) -> Path:
    """The file of weights that is used: the first that exists, ONNX before torch.

    Raises ValueError if `folder` holds none.
    """
    for name in (*ONNX_FILES, *TORCH_FILES):
        if (folder / name).is_file():
            return folder / name
    expected = ", ".join(f"`{name}`" for name in (*ONNX_FILES, *TORCH_FILES))
    raise ValueError(
        f"checkpoint `{folder}` has no weights: found none of {expected}; "
        "fetch the missing file or name another folder"
    )


def open_engine(weights: Path, threads: int) -> Engine:
    """Load a file of weights, found by `weights_file`, on `threads` processor threads (0: all)."""
    if weights.suffix == ".onnx":
        return _onnx_engine(weights, threads)
    return _torch_engine(weights.parent, threads)


def _onnx_engine(path: Path, threads: int) -> Engine:
    """An ONNX file on the processor; inputs beyond ids and mask (token types) are zeros.

    Each thread takes a batch of its own: threads that share one wait for each other behind every
    operator, and a batch that is small enough stays in a core's cache.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime names no narrower one
        raise ValueError(
            f"`{path}` can't be opened by onnxruntime ({error}); the file may be incomplete: "
            "fetch it again"
        ) from error
    wanted = [node.name for node in session.get_inputs()]
    names = [node.name for node in session.get_outputs()]

    def run(batch: Batch) -> Mapping[str, Floats]:
        given = dict(zip(("input_ids", "attention_mask"), batch, strict=True))
        feed = {name: given.get(name, np.zeros_like(batch[0])) for name in wanted}
        return dict(zip(names, session.run(names, feed), strict=True))

    def begin(batches: Iterable[Batch]) -> Iterator[Mapping[str, Floats]]:
        pool = ThreadPoolExecutor(threads or cores(), thread_name_prefix="encoder")
        found = pool.map(run, batches)
        pool.shutdown(wait=False)  # it takes no more, and ends when these are done
        return found

    return begin


def _torch_engine(folder: Path, threads: int) -> Engine:
    """A sequence-classification checkpoint through torch; its only output is `logits`."""
    try:
        import torch
    except ImportError as error:
        raise ValueError(
            f"checkpoint `{folder}` has only torch weights and torch is not installed: "
            "install the extra `train`, or export the checkpoint to `onnx/model.onnx`"
        ) from error
    from transformers import AutoModelForSequenceClassification

    if threads:
        torch.set_num_threads(threads)
    model = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
    model.eval()

    def run(batch: Batch) -> Mapping[str, Floats]:
        input_ids, attention_mask = map(torch.from_numpy, batch)
        with torch.no_grad():
            output = model(input_ids=input_ids, attention_mask=attention_mask)
        return {"logits": output.logits.float().numpy()}

    return lambda batches: map(run, batches)
