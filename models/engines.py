"""Run a checkpoint's weights: padded token ids in, the network's outputs by name out."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int64]

Engine = Callable[[Tokens, Tokens], Mapping[str, Floats]]
"""(input_ids, attention_mask), both (texts, tokens) -> each output by name, (texts, width)."""

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
    """An ONNX file on the processor; inputs beyond ids and mask (token types) are zeros."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
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

    def run(input_ids: Tokens, attention_mask: Tokens) -> Mapping[str, Floats]:
        given = {"input_ids": input_ids, "attention_mask": attention_mask}
        feed = {name: given.get(name, np.zeros_like(input_ids)) for name in wanted}
        return dict(zip(names, session.run(names, feed), strict=True))

    return run


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

    def run(input_ids: Tokens, attention_mask: Tokens) -> Mapping[str, Floats]:
        with torch.no_grad():
            output = model(
                input_ids=torch.from_numpy(input_ids),
                attention_mask=torch.from_numpy(attention_mask),
            )
        return {"logits": output.logits.float().numpy()}

    return run
