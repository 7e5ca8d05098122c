"""Bring the weights of a fitted network onto the grid of its bytes, so that it says the same.

Each weight rounded by itself, the errors of an output's inputs add up as they come. Here they are
rounded one input after the other, and those that are left make up for the error so far: optimal
brain compression (Frantar et al. 2023, "GPTQ", https://arxiv.org/abs/2210.17323). What an error
matters is told by texts like those that will be read, as the layers before, rounded already, tell
them.

States have few channels that are ten times as large as the others, which coarsens a token's grid.
They are divided by what is large, and the weights that read them multiplied: smoothing (Xiao et al.
2023, "SmoothQuant", https://arxiv.org/abs/2211.10438). What an attention reads is then so even that
all tokens may have one step, which saves the engine time; and so may what it gives.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.training.batches import Batch
from models.training.graph import FACTOR, STEP, without_idle_biases
from models.training.network import Network
from models.training.operators import STATE_TOP, WEIGHT_TOP
from models.training.rounding import SMALLEST, rounded_gelu, rounded_rows, rounded_within

SMOOTHED = ("attention.self", "intermediate")
"""What reads a normalised state, within a layer: its channels are evened out."""
STEADY = ("attention.self", "attention.output")
"""What reads states whose largest is much the same for all tokens, or of which little depends on
how finely they are rounded: one step serves them all."""
MIDWAY = 0.5
"""States and weights share what makes a channel large, each half of it."""
DAMPING = 0.01
"""Of the mean square of an input: keeps the inverse from following what hardly ever occurs."""
LEAST = 1e-4
"""A channel that is always nothing counts as one of this size."""


@dataclass(frozen=True)
class Passing:
    """A batch on its way through the layers: its states, and what else a layer asks for."""

    states: Tensor
    beside: tuple[Any, ...]
    named: Mapping[str, Any]
    is_token: Tensor

    def through(self, layer: nn.Module) -> Any:
        """What `layer` makes of the states."""
        return layer(self.states, *self.beside, **self.named)


class _Seen(Exception):
    """What was wanted has been seen: the rest of the network needs not be computed."""


def onto_grid(network: Network, batches: Sequence[Batch]) -> dict[str, np.ndarray]:
    """Round the weights of the encoder's products to their bytes, by how `batches` go through.

    Returns, by the names that `network_graph` knows, what states are multiplied by before they are
    rounded (the weights that read them are on their grid once divided by it), and, where all tokens
    have the same, how large a step is.
    """
    network.eval()
    layers = network.encoder.encoder.layer
    kept = without_idle_biases(network.encoder.state_dict(), len(layers))
    network.encoder.load_state_dict(kept)
    told: dict[str, np.ndarray] = {}
    with torch.no_grad():
        passing = [first_states(network, batch) for batch in batches]
        for number, layer in enumerate(layers):
            with ExitStack() as rounded:
                for name, value in round_layer(layer, passing, rounded).items():
                    told[f"encoder.layer.{number}.{name}"] = value.numpy()
                passing = [_next(layer, batch) for batch in passing]
    return told


def round_layer(
    layer: nn.Module, passing: Sequence[Passing], rounded: ExitStack
) -> dict[str, Tensor]:
    """Round the products of one layer as they are reached; returns factors and steps by name.

    Until `rounded` is closed they read rounded states, so that the later ones see what is shipped.
    """
    told = {}
    for name, products in products_of(layer).items():
        square, largest = what_is_read(layer, products[0], passing)
        factor, step = torch.ones_like(largest), None
        if name in SMOOTHED:
            factor = 1 / evened(largest, [product.weight for product in products])
            told[f"{name}.{FACTOR}"] = factor
        if name in STEADY:
            step = (largest * factor).max() / STATE_TOP
            told[f"{name}.{STEP}"] = step
        square = square * torch.outer(factor, factor)
        for product in products:
            product.weight.copy_(compensated(product.weight / factor, square) * factor)
            hook = product.register_forward_pre_hook(reading(name, factor, step))
            rounded.callback(hook.remove)
    return told


def products_of(layer: nn.Module) -> dict[str, list[nn.Linear]]:
    """A layer's products as they are reached; those of one name read the same states."""
    own = layer.attention.self
    return {
        "attention.self": [own.query, own.key, own.value],
        "attention.output": [layer.attention.output.dense],
        "intermediate": [layer.intermediate.dense],
        "output": [layer.output.dense],
    }


def reading(
    name: str, factor: Tensor, step: Tensor | None = None
) -> Callable[..., tuple[Tensor, ...]]:
    """How a product of this name reads: as `rounding.py` says, its states times `factor`.

    With a `step` it is the same for all tokens.
    """
    if name == "output":
        return rounded_gelu

    def read(_module: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        states = given[0] * factor
        states = rounded_rows(states, STATE_TOP) if step is None else rounded_within(states, step)
        return (states / factor, *given[1:])

    return read


def first_states(network: Network, batch: Batch) -> Passing:
    """What the first layer is given of a batch."""
    run = partial(network, batch.input_ids, batch.attention_mask)
    (states, *beside), named = given_to(network.encoder.encoder.layer[0], run)
    return Passing(states, tuple(beside), named, batch.attention_mask.bool())


def what_is_read(
    layer: nn.Module, product: nn.Linear, passing: Sequence[Passing]
) -> tuple[Tensor, Tensor]:
    """Of the states that `product` is given, padding aside: their square, and each one's largest.

    The square is (inputs, inputs), the sum over all tokens; the largest sizes are (inputs,).
    """
    square, largest = torch.zeros(()), torch.zeros(())
    for batch in passing:
        (given, *_), _ = given_to(product, partial(batch.through, layer))
        states = given[batch.is_token]
        square = square + (states.T @ states).double()
        largest = torch.maximum(largest, states.abs().amax(dim=0))
    return square, largest


def given_to(module: nn.Module, run: Callable[[], object]) -> tuple[tuple[Any, ...], Any]:
    """What `module` is called with when `run` first calls it; it goes no further."""
    found: list[tuple[tuple[Any, ...], Any]] = []

    def see(_module: nn.Module, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        found.append((given, named))
        raise _Seen

    hook = module.register_forward_pre_hook(see, with_kwargs=True)
    try:
        run()
    except _Seen:
        pass
    finally:
        hook.remove()
    return found[0]


def _next(layer: nn.Module, batch: Passing) -> Passing:
    told = batch.through(layer)
    return replace(batch, states=told[0] if isinstance(told, tuple) else told)


def evened(largest: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """(inputs,) what states are divided by, and weights multiplied, so that both are even.

    The channel in the middle stays as it is.
    """
    read = torch.stack([weight.abs().amax(dim=0) for weight in weights]).amax(dim=0)
    share = largest.clamp(min=LEAST) ** MIDWAY / read.clamp(min=LEAST) ** (1 - MIDWAY)
    return share / share.median()


def compensated(weight: Tensor, square: Tensor, top: int = WEIGHT_TOP) -> Tensor:
    """`weight` (outputs, inputs) on the grid of `quantised_rows`, for inputs of this `square`.

    The largest of a row stays what it is: it says how fine the row's grid is.
    """
    order = torch.argsort(square.diagonal(), descending=True)
    left = weight[:, order].double()
    root = inverse_root(square[order][:, order])
    step = (left.abs().amax(dim=1) / top).clamp(min=SMALLEST)
    largest = left.abs().argmax(dim=1)
    found = torch.zeros_like(left)
    for place in range(len(order)):
        exact = left[:, place]
        steps = torch.round(exact / step).clamp(-top, top)
        steps = torch.where(largest == place, torch.sign(exact) * top, steps)
        found[:, place] = steps * step
        error = (exact - found[:, place]) / root[place, place]
        left[:, place + 1 :] -= torch.outer(error, root[place, place + 1 :])
    return found[:, torch.argsort(order)].float()


def inverse_root(square: Tensor) -> Tensor:
    """The upper Cholesky factor of the inverse of `square`, damped."""
    damped = square + DAMPING * square.diagonal().mean() * torch.eye(len(square))
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(damped))
    return torch.linalg.cholesky(inverse, upper=True)
