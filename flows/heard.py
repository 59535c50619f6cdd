"""What was heard of a recording that has no article: from its working folder, for `mytake show`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.screen import plain
from pipeline import store
from pipeline.engines.moments import clock
from pipeline.errors import InterviewError
from pipeline.model import Recording, Speaker, Transcript, Turns
from pipeline.sources import key_of


def lines(what: str, output: Path) -> Iterator[str]:
    """What a person reads of it: title, people, and all that was said; nothing if none was heard.

    `what`: its URL, its file, or the id of a video.
    """
    work = store.Work(output / ".work" / _key(what))
    recording = work.result("download", Recording)
    turns = work.result("unite", Turns) or work.result("attribute", Turns)
    said = work.result("correct", Transcript) or work.result("transcribe", Transcript)
    if recording is None or not (turns or said):
        return
    yield plain(recording.video.title)
    yield from _people(work.result("identify", tuple[Speaker, ...]) or ())
    yield "what was heard"
    if turns:
        for turn in turns.turns:
            yield plain(f"  {clock(turn.start)}  {turn.speaker}: {turn.text}")
    elif said:
        yield plain(f"  {' '.join(word.text for word in said.words)}")
    yield "There is no article of it."


def _people(people: Sequence[Speaker]) -> Iterator[str]:
    if people:
        yield "people"
    for one in people:
        yield plain(f"  {one.id}  {one.role}: {one.name or 'name not known'}, {one.seconds:.0f} s")
        yield from (plain(f"        {reason}") for reason in one.evidence)


def _key(what: str) -> str:
    try:
        return key_of(what)
    except InterviewError:  # no file and no URL
        return f"youtube-{what}"
