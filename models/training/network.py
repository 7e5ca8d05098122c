"""The network: one BERT-shaped encoder, one linear layer for each head, one embedding.

The embedding is the mean over the comment's own tokens, L2-normalised, as in E5 (Wang et al.
2024). The heads read that mean beside the first token's state, so that the mean can stay near the
original's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import BertModel

SEPARATOR = 2
"""Token id of `</s>`."""


@dataclass(frozen=True)
class HeadShape:
    """A head as it is trained: its labels in order, and whether several may apply.

    `second_from`: of two labels the second is chosen from this probability on; 0: the likelier one.
    """

    labels: tuple[str, ...]
    many: bool
    second_from: float = 0.0


def comment_mask(input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """1.0 for the tokens up to the first `</s>` (the comment), 0.0 for the post and padding."""
    is_end = (input_ids == SEPARATOR).to(torch.int64)
    return ((torch.cumsum(is_end, dim=1) - is_end) == 0).float() * attention_mask.float()


class Network(nn.Module):
    """(input_ids, attention_mask), both (texts, tokens) -> logits of each head, the embedding."""

    def __init__(self, encoder: BertModel, heads: Mapping[str, HeadShape], dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        width = 2 * encoder.config.hidden_size
        self.heads = nn.ModuleDict({n: nn.Linear(width, len(h.labels)) for n, h in heads.items()})

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> dict[str, Tensor]:
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0].float()
        mask = comment_mask(input_ids, attention_mask).unsqueeze(-1)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        features = self.dropout(torch.cat([states[:, 0], mean], dim=1))
        answers = {name: head(features) for name, head in self.heads.items()}
        return answers | {"embedding": nn.functional.normalize(mean, dim=1)}


def learning_groups(network: Network, rate: float, layer_decay: float) -> list[dict[str, object]]:
    """Parameters by layer, the deeper the slower; heads at 5 times `rate`, embeddings slowest."""
    encoder = network.encoder
    layers = list(encoder.encoder.layer)
    groups: list[dict[str, object]] = [{"params": list(network.heads.parameters()), "lr": 5 * rate}]
    for depth, layer in enumerate(reversed(layers)):
        groups.append({"params": list(layer.parameters()), "lr": rate * layer_decay**depth})
    floor = list(encoder.embeddings.parameters())
    groups.append({"params": floor, "lr": rate * layer_decay ** len(layers)})
    return groups
