"""Sound + turns + speakers -> the channel's memory: how its hosts sound, in output/.voices/.

Only for channels that the configuration switches on, and only where the host's name is certain: not
by the voice alone, and written by somebody, not only heard. Else one mistake would teach the next.
"""

from datetime import date
from pathlib import Path
from typing import Final

from pipeline.engines.outside import plain
from pipeline.engines.voices import recurring, voice_memory
from pipeline.model import Audio, Familiar, Remembered, Speaker, Turns, Video

VERSION: Final = 1

CERTAIN = 0.95  # confidence in a name; on the voice alone, or only heard, it has less


def remember(
    video: Video,
    audio: Audio,
    turns: Turns,
    speakers: tuple[Speaker, ...],
    familiar: tuple[Familiar, ...],
    output: str,
) -> Remembered:
    """Keep how each host sounds whose name is certain; a video is counted once."""
    recognised = {one.voice for one in familiar}
    heard = list[voice_memory.Heard]()
    for speaker in speakers:
        certain = speaker.confidence >= CERTAIN
        if speaker.role != "host" or not speaker.name or not turns.proven:
            continue
        found = recurring.point(audio.path, turns, speaker.id) if certain else None
        if found or speaker.id in recognised:
            heard.append(
                voice_memory.Heard(
                    person=speaker.name,
                    evidence=tuple(plain(reason) for reason in speaker.evidence),
                    video=voice_memory.key(video),
                    title=plain(video.title),
                    published=video.published,
                    kept=date.today().isoformat(),
                    seconds=round(found[1], 1) if found else 0.0,
                    point=tuple(round(float(part), 4) for part in found[0]) if found else (),
                )
            )
    file = voice_memory.keep(video, tuple(heard), Path(output))
    return Remembered(file, voice_memory.key(video), tuple(one.person for one in heard))


def is_there(kept: Remembered) -> bool:
    """Whether it is still remembered, and nothing else of this video; if not, remember it again."""
    memory = voice_memory.read(kept.file)
    if memory is None:
        return not kept.people
    current = memory.voiceprint == voice_memory.voiceprint()
    found = tuple(one.person for one in memory.heard if one.video == kept.video)
    return current and found == kept.people
