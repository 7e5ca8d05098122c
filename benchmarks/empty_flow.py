"""A Prefect flow that does nothing, as a process of its own: what Prefect itself takes.

It runs as `resonanz` runs flows, without heartbeats: with them it would take up to a second more,
which `resonanz` then seems not to take.
"""

from prefect import flow

from flows.running.quiet import at_a_terminal


@flow(name="nothing")
def nothing() -> None:
    """Return at once."""


if __name__ == "__main__":
    with at_a_terminal():
        nothing()
