"""Networks that hear voices, as ONNX files that come with the program. LICENSES.txt: whose.

`export.py` makes them again.
"""

from functools import cache
from pathlib import Path
from typing import Any

import onnxruntime

from pipeline.errors import BrokenModel
from pipeline.store import digest

# Names by file, and what export.py wrote.
SHA256 = {
    "segmentation": "798c217cf8195e539240cfc8f1927dae7b8ce0b5874bc5d61eb7834ad956b89b",
    "campplus": "3078f1484e81530f24dfb65ec16a246859aa27a5ce026c63effe21c0c04163ba",
}
FOLDER = Path(__file__).parent


@cache  # a network loads once a process, however many recordings follow
def network(name: str, threads: int) -> Any:
    """A session that runs the network. Raises BrokenModel if its file is not the one shipped."""
    file = FOLDER / f"{name}.onnx"
    checked(file, SHA256[name])
    return session(file, threads)


def session(file: Path, threads: int) -> Any:
    """What runs the network in an ONNX file, on so many threads."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    # Idle threads wait instead of spinning: half the CPU time on a machine that has other work.
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # It would keep the most that any length of input ever took.
    settings.enable_cpu_mem_arena = False
    settings.log_severity_level = 3  # its warnings are about its own optimiser
    return onnxruntime.InferenceSession(str(file), settings, providers=["CPUExecutionProvider"])


def checked(file: Path, sha256: str) -> None:
    """Raise BrokenModel unless the file is there and is what it should be."""
    if not file.is_file():
        raise BrokenModel(file, "It is not there.")
    found = digest(file)
    if found != sha256:
        raise BrokenModel(file, f"Its sha256 is {found}, not {sha256}.")
