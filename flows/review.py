"""`mytake review`: the page, served on this machine."""

import contextlib
import getpass
import os
import socket
import sys
import threading
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from starlette.applications import Starlette

from pipeline.config import Config
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp


def page(
    output: Path, config: Config, file: Path, host: str, names: tuple[str, ...] = ()
) -> Starlette:
    """The page over an output folder, to be served alone or with others."""
    from flows import again
    from review import app, blogs, safety
    from review.checks import Rules
    from review.jobs import Jobs
    from review.search import Index

    place = output / ".work" / "review"
    guard = safety.guard(place, host, names)
    rules = Rules(config, file.parent / "styles")
    asking = [sys.executable, "-m", "flows.asking", str(output), str(file)]
    jobs = Jobs(again.command(output, file), asking, model(config))
    index = Index(output, place, rules)
    # A thousand drafts take some seconds; the shelf shows those that are read already.
    threading.Thread(target=index.refresh, daemon=True).start()
    return app.create(output, rules, guard, index, jobs, blogs.configured(os.environ))


def model(config: Config) -> str:
    """The language model that can be asked; "" where none is set up. Nothing is imported for it."""
    options = config.llm
    somewhere = options.service != "compatible" or options.base_url
    return options.model if somewhere and find_spec("pydantic_ai") else ""


def serve(
    output: Path,
    config: Config,
    file: Path,
    host: str,
    port: int,
    names: tuple[str, ...],
    opens: bool,
) -> int:
    """Serve it until Ctrl-C."""
    import uvicorn

    made = page(output, config, file, host, names)
    with _listening(host, port) as listener:
        port = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{'localhost' if host in ('127.0.0.1', '::1') else shown}:{port}/"
        print(url, flush=True)
        print("  Ctrl-C ends it. Everything is kept in the files.", file=sys.stderr)
        if opens:
            threading.Timer(0.5, webbrowser.open, (url,)).start()
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(quiet(made)).run(sockets=[listener])
    return 0


def quiet(app: "ASGIApp", lifespan: Literal["auto", "off"] = "auto") -> "uvicorn.Config":
    """How the page is served: nothing is said but what is wrong, and it ends within seconds."""
    import uvicorn

    return uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
        lifespan=lifespan,
    )


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host.strip("[]"), port), family=family)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        why = f"{os.strerror(number)}." if number else str(error)
        raise ConfigError(
            f"port {port} at {host}",
            why,
            "Is the page there already? `mytake serve` offers it, too; `mytake status` says where. "
            "Else give another port: --port 8322.",
        ) from error


def ask_password(output: Path) -> int:
    """Ask for the password twice, and keep a hash of it."""
    from review import safety

    password = getpass.getpass("Password for this page: ")
    if password != getpass.getpass("Once more: "):
        raise ConfigError("the password", "The two are not the same.", "Try again.")
    safety.set_password(output / ".work" / "review", password)
    print("  It is kept as a hash.", file=sys.stderr)
    return 0
