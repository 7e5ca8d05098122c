import polars as pl
import pytest

from transforms.shapes import shape_of, shapes


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("32.13.2025 27:99", "99.99.9999 99:99"),
        ("Mi, 5. März 2025_14:30", "xx, 9. xxxx 9999_99:99"),
        ("Max Mustermann aus Zimmer 12", "xxx xxxxxxxxxx xxx xxxxxx 99"),
        ("٣٢.١٣.٢٠٢٥", "99.99.9999"),
        ("Łukasz Żółw, 王", "xxxxxx xxxx, x"),
        ("a" * 50, "x" * 40),
        ("", ""),
    ],
)
def test_of_a_value_its_format_is_shown_and_nothing_that_it_says(value: str, shape: str) -> None:
    assert shape_of(value) == shape
    assert pl.select(shapes(pl.lit(value))).item() == shape
