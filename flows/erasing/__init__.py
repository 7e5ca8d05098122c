"""How a person is taken out of everything: who it is, each kind of place, and the proof."""
