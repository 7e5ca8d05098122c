"""The original encoder's embedding, recalled from what the fitted network still knows of it.

Fitting moves the network's states away from an embedding that compares texts well. A linear map
from the last states and the middle layer's, which moved least, to the original embedding brings it
back; ridge regression gives it in closed form (Hoerl and Kennard 1970).
"""

from collections.abc import Sequence

import numpy as np
import torch

from models.training.batches import Encoded, ordered_batches
from models.training.fit import HALF
from models.training.network import Network, comment_mask

PENALTY = 1e-3
"""Of the mean square of the features."""


def recall_features(network: Network, encoded: Sequence[Encoded], with_post: bool) -> np.ndarray:
    """(texts, 3 x width): the first token's state, the comment's mean, its mean at half depth."""
    found = np.zeros((len(encoded), 3 * network.encoder.config.hidden_size), np.float32)
    network.eval()
    with torch.no_grad(), torch.autocast("cpu", HALF):
        for batch in ordered_batches(encoded, {}, 64, with_post):
            states = network.encoder(
                input_ids=batch.input_ids,
                attention_mask=batch.attention_mask,
                output_hidden_states=True,
            ).hidden_states
            mask = comment_mask(batch.input_ids, batch.attention_mask).unsqueeze(-1)
            count = mask.sum(1).clamp(min=1.0)
            last, middle = states[-1].float(), states[len(states) // 2].float()
            means = [(part * mask).sum(1) / count for part in (last, middle)]
            found[batch.rows] = torch.cat([last[:, 0], *means], dim=1).numpy()
    return found


def ridge(features: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight (outputs, inputs) and bias (outputs,) of the map from `features` to `wanted`."""
    centre, target = features.mean(axis=0, dtype=np.float64), wanted.mean(axis=0, dtype=np.float64)
    inputs, outputs = features - centre, wanted - target
    square = inputs.T @ inputs
    square += PENALTY * np.trace(square) / len(square) * np.eye(len(square))
    weight = np.linalg.solve(square, inputs.T @ outputs).T
    return weight.astype(np.float32), (target - weight @ centre).astype(np.float32)


def fit_recall(
    network: Network, encoded: Sequence[Encoded], original: np.ndarray
) -> dict[str, np.ndarray]:
    """`recall.weight` and `recall.bias` for `network_graph`.

    `original` (texts, width) are the original embeddings of the comments; the network reads each
    with and without its post, and is to recall the same.
    """
    readings = [recall_features(network, encoded, with_post) for with_post in (False, True)]
    weight, bias = ridge(np.concatenate(readings), np.concatenate([original, original]))
    return {"recall.weight": weight, "recall.bias": bias}
