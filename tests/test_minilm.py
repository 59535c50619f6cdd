import numpy as np
import pytest

from pipeline.engines import base

pytestmark = pytest.mark.slow
TEXTS = (
    "A tide mill borrows its water from the ocean.",
    "The moon fills the pond and the pond turns the wheel, twice a day, whatever the weather.",
    "The bank refused the loan.",
    "No.",
)


def test_rows_have_unit_length_in_the_order_of_the_texts() -> None:
    points = base.embedder("minilm").embed(TEXTS)
    assert points.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(points, axis=1), 1, atol=1e-4)
    alone = np.vstack([base.embedder().embed([text]) for text in TEXTS])
    assert ((points * alone).sum(axis=1) > 0.98).all()


def test_like_meanings_lie_closer_than_unlike_ones() -> None:
    mill, moon, bank, _ = base.embedder().embed(TEXTS)
    assert mill @ moon > mill @ bank + 0.1


def test_no_text_and_empty_text_and_endless_text_are_taken() -> None:
    embedder = base.embedder()
    assert embedder.embed([]).shape == (0, 384)
    points = embedder.embed(["", "mill " * 5000])
    assert np.isfinite(points).all()
