"""The running mean of a network's weights while it learns, which errs less than any single step.

An exponential moving average of stochastic gradient descent's path (Polyak and Juditsky 1992), as
is usual beside a falling rate.
"""

from models.training.network import Network

EVERY = 5
"""Steps between two looks: the mean moves slowly, and to look costs a tenth of a step."""


class RunningMean:
    """`weights`: the mean of about the last `steps` steps; at first, of as many as there are."""

    def __init__(self, network: Network, steps: int) -> None:
        self.steps = steps
        self.weights = {
            name: weight.detach().clone()
            for name, weight in network.state_dict().items()
            if weight.is_floating_point()
        }

    def take(self, network: Network, step: int) -> None:
        """Move the mean towards the weights of `network` after `step`, every few steps."""
        if step % EVERY:
            return
        share = EVERY / min(self.steps, step + EVERY)
        current = network.state_dict()
        for name, mean in self.weights.items():
            mean.lerp_(current[name], share)

    def give(self, network: Network) -> None:
        """Give `network` the mean."""
        network.load_state_dict(self.weights, strict=False)
