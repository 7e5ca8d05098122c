"""Ask the model for labels, and measure it."""

import sys
from pathlib import Path

import click


@click.command()
@click.option("--plain", is_flag=True, help="Each line of the input is a text, not JSON.")
def predict(plain: bool) -> None:
    """Label texts from stdin; one JSON line each on stdout, in the same order.

    A line of the input is {"id": ..., "text": ...}, with an optional "post": the text of the post
    that is commented on. A line that can't be read gets an "error", and the rest goes on.

    \b
    echo '{"id": 1, "text": "Endlich weniger Passwörter!"}' | resonanz predict
    """
    from flows.predict import predict_lines

    predict_lines(sys.stdin.buffer, sys.stdout, plain)


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--from-reviews", is_flag=True, help="On your own comments that people reviewed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def evaluate(file: Path | None, from_reviews: bool, as_json: bool) -> None:
    """Measure the model on the gold labels of FILE, or on reviews, with 95 % intervals.

    A line of the file is a JSON object with "text", optionally "post" (or "post_text"), and gold
    labels: "sentiment", "stance" (one label), "topics", "intents" (lists), "needs_reply", "toxic"
    (true or false). Heads without gold labels are left out.

    From reviews, each head is measured over all randomly drawn comments, and by language and
    channel; those that were picked for training are harder than others, and reported apart.
    """
    if from_reviews == (file is not None):
        raise click.UsageError("Name a FILE, or ask for --from-reviews.")
    if file is None:
        from flows.evaluate_reviews import evaluate_reviews

        click.echo(evaluate_reviews(as_json))
    else:
        from flows.evaluate import evaluate_file

        click.echo(evaluate_file(file, as_json))


COMMANDS: tuple[click.Command, ...] = (predict, evaluate)
