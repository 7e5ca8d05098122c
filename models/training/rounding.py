"""Fit the network as it will be shipped: with weights and states rounded to bytes.

Rounding after fitting costs what the network never learnt to bear. Here every product of the
encoder reads what the exported graph reads (`graph.py`), steps that are measured afterwards
(`compensation.py`) apart, and gradients pass the rounding as if it
were not there (straight-through estimator, Bengio et al. 2013, https://arxiv.org/abs/1308.3432;
quantisation-aware training, Jacob et al. 2018, https://arxiv.org/abs/1712.05877).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from models.training.graph import GELU_LOW, GELU_MIDDLE, GELU_TOP
from models.training.network import Network
from models.training.operators import STATE_TOP, WEIGHT_TOP

SMALLEST = 1e-8
"""Scale of a row of zeros."""


def rounded_rows(values: Tensor, top: int, least: float = SMALLEST) -> Tensor:
    """`values` on a grid of `top` steps to either side, a scale for each row of the last axis.

    No step is smaller than `least` / `top`. The gradient is that of the identity.
    """
    with torch.no_grad():
        scales = values.abs().amax(dim=-1, keepdim=True).clamp(min=least) / top
        error = torch.round(values / scales) * scales - values
    return values + error


def rounded_within(values: Tensor, step: Tensor) -> Tensor:
    """`values` on a grid with one `step` for all, cut off where its bytes end; for no gradient."""
    return torch.round(values / step).clamp(-STATE_TOP - 1, STATE_TOP) * step


class RoundedRows(nn.Module):
    """A weight (outputs, inputs) as the graph keeps it."""

    def forward(self, weight: Tensor) -> Tensor:
        return rounded_rows(weight, WEIGHT_TOP)


def rounded_input(_module: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What a product reads: each token's state with a scale of its own."""
    return (rounded_rows(given[0], STATE_TOP), *given[1:])


def rounded_gelu(_module: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The same of what a GELU gave, few of whose bytes are for what lies below zero."""
    least = GELU_LOW / GELU_MIDDLE * GELU_TOP
    return (rounded_rows(given[0], GELU_TOP, least), *given[1:])


@contextmanager
def rounding(network: Network, is_wanted: bool = True) -> Iterator[None]:
    """Within it the encoder's products are rounded; afterwards the weights stay on their grid.

    Rows that are on their grid are rounded to themselves, so that the export changes none of them.
    """
    layers = network.encoder.encoder.layer if is_wanted else []
    products = [m for layer in layers for m in layer.modules() if isinstance(m, nn.Linear)]
    after_gelu = {layer.output.dense for layer in layers}
    hooks = [
        product.register_forward_pre_hook(rounded_gelu if product in after_gelu else rounded_input)
        for product in products
    ]
    for product in products:
        parametrize.register_parametrization(product, "weight", RoundedRows())
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for product in products:
            parametrize.remove_parametrizations(product, "weight", leave_parametrized=True)
