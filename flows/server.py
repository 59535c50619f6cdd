"""Is a Prefect server running? Asked without importing Prefect."""

import os
import urllib.error
import urllib.request

DEFAULT = "http://127.0.0.1:4200/api"


def address() -> str:
    """Where the server is, or would be."""
    return os.environ.get("PREFECT_API_URL", DEFAULT)


def answers(seconds: float = 1.0) -> bool:
    """Does it answer within so many seconds?"""
    try:
        with urllib.request.urlopen(f"{address()}/health", timeout=seconds) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (OSError, ValueError):
        return False


def prefer() -> None:
    """Make the Prefect that is imported next use that server, quietly; call before the import."""
    os.environ.setdefault("PREFECT_API_URL", address())
    # This screen shows our own lines; the server keeps them too, and Prefect's.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "pipeline")
    os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
