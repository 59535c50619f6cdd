"""Which tests are run by one worker, where several run side by side: pytest -n 2."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# These need the sample to be heard by Whisper, which takes a minute: once is enough.
HEARING = ("tests/test_article.py", "tests/review/test_browser.py")


class Workers(LoadFileScheduling):
    """Hands out whole files, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "the sample" if file in HEARING else file
