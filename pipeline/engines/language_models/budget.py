"""What a model may cost: counted in tokens and dollars, and never gone beyond."""

from dataclasses import dataclass, field

# No tokenizer is asked for: bytes are there for every model. English has 4 to 5 of them a token;
# three are never too few tokens for it, nor for languages whose letters take two or three bytes.
BYTES_PER_TOKEN = 3
ENVELOPE = 200  # tokens that a service adds of its own: roles, the schema's wrapping


def tokens(*texts: str) -> int:
    """How many tokens the texts are, at most.

    >>> tokens("a" * 300)
    100
    """
    return sum(-(-len(text.encode()) // BYTES_PER_TOKEN) for text in texts)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    read: float
    written: float

    def of(self, read: int, written: int) -> float:
        """What so many tokens cost.

        >>> Price(2.0, 8.0).of(1_000_000, 500_000)
        6.0
        """
        return (read * self.read + written * self.written) / 1e6


@dataclass
class Budget:
    """What has been spent for one article, and whether there is enough for one more request."""

    most: float
    price: Price
    spent: float = 0.0
    requests: int = 0
    read: int = field(default=0)
    written: int = field(default=0)

    def allows(self, read: int, written: int) -> bool:
        """Whether a request stays within it even if the reply is as long as it may be."""
        return self.spent + self.price.of(read, written) <= self.most

    def count(self, read: int, written: int) -> None:
        """A request was sent, and this is what it came to."""
        self.requests += 1
        self.read += read
        self.written += written
        self.spent += self.price.of(read, written)

    def __str__(self) -> str:
        cost = f"${self.spent:.4f} of ${self.most:.2f}" if self.price != Price(0, 0) else "no cost"
        return f"{self.requests} requests, {self.read} tokens read, {self.written} written, {cost}"
