"""The mean of networks' weights: of several runs from one start, and of where they started.

Networks that were fitted from one start lie in one basin of the loss, and between them it is mostly
lower than at either, most of all on texts that are unlike those fitted on (Wortsman et al. 2022,
"Model soups"; "Robust fine-tuning of zero-shot models"). It costs nothing when it reads.
"""

from collections.abc import Sequence

import torch

from models.training.network import Network


def average_with(network: Network, others: Sequence[Network]) -> None:
    """Give `network` the mean of its weights and those of `others`, each counting the same.

    Raises ValueError if the networks' shapes differ.
    """
    for place, other in enumerate(others, start=2):
        pull_towards(network, other, 1 / place)


def pull_towards(network: Network, start: Network, share: float) -> None:
    """Move the weights of `network` by `share` of the way towards those of `start` (0: nothing).

    Raises ValueError if `share` is not from 0 to 1, or the networks' shapes differ.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"the share of the start is `{share}`, expected a number from 0 to 1")
    fitted, before = network.state_dict(), start.state_dict()
    shapes = [{name: tuple(w.shape) for name, w in side.items()} for side in (fitted, before)]
    if shapes[0] != shapes[1]:
        differ = sorted(dict(shapes[0].items() ^ shapes[1].items()))
        raise ValueError(f"`{differ[0]}` has another shape in the other network")
    with torch.no_grad():
        for name, weights in fitted.items():
            if weights.is_floating_point():
                weights.lerp_(before[name], share)
