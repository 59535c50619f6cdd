"""Keys of the services that ask for one: given by the edge, held in memory, never written down.

They are in no option, so no file, fingerprint, log or Prefect parameter can hold one.
"""

from collections.abc import Mapping
from typing import Final

# service -> the environment variables that may hold its key, the first that is set counts
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "compatible": ("MYTAKE_LLM_KEY",),  # not OPENAI_API_KEY: that one is for OpenAI's eyes only
    "minicheck": ("MYTAKE_SUPPORT_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
}
SHORTEST = 6  # letters; a shorter "key" is a placeholder, and may be an ordinary word
_given: dict[str, str] = {}


def give(environment: Mapping[str, str]) -> None:
    """Take the keys out of the environment, once, at the edge."""
    _given.clear()
    for service, names in NAMES.items():
        found = [value.strip() for name in names if (value := environment.get(name, "")).strip()]
        if found:
            _given[service] = found[0]


def of(service: str) -> str | None:
    """The key of that service."""
    return _given.get(service)


def redacted(text: str) -> str:
    """The text without any key that is held: servers like to repeat a wrong one.

    >>> give({"MYTAKE_LLM_KEY": "sk-secret"}); redacted("Incorrect key: sk-secret.")
    'Incorrect key: [key].'
    >>> give({})
    """
    for key in _given.values():
        if len(key) >= SHORTEST:
            text = text.replace(key, "[key]")
    return text
