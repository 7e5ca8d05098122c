"""A random network of two layers over nine words."""

import torch
from transformers import BertConfig, BertModel

from models.training.network import HeadShape, Network

HEADS = {
    "sentiment": HeadShape(("negative", "neutral", "positive"), many=False),
    "topic": HeadShape(("cloud", "cost"), many=True),
}
WORDS = ["<s>", "<pad>", "</s>", "<unk>", "gut", "schlecht", "egal", "cloud", "teuer"]


def tiny_network() -> Network:
    """The same one each time."""
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=32,
        attn_implementation="eager",
    )
    return Network(BertModel(config, add_pooling_layer=False), HEADS, dropout=0.0)
