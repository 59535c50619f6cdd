"""Two channels with a speaker on each: noticed by how loud they are, moment by moment.

Remote interviews are often published so: one person left, the other right, each a little audible
on the other's side (through headphones, across a table). Who is louder then says who speaks, more
surely than any network.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.engines.audio.wav import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Levels = NDArray[np.int8]  # (hops, 3): dB of the left, dB of the right, 100 times how alike

HOP = 0.02  # seconds from one measurement to the next
LOWEST = -100  # dB; what is quieter counts as that
SMOOTH = 5  # hops; speech has holes this long between its sounds

# All in dB.
LEADS = 12  # so much louder, a side speaks and the other only hears it
BELOW_SPEECH = 25  # what is this much below a side's own speech is no speech
NO_SPEAKER = 20  # sides farther apart than this are a speaker and the noise of a cable
NEAR_MIDDLE = 6  # a difference below this is no side

ALIKE = 0.8  # correlation of the channels; of what comes from the middle it is 1
ON_A_SIDE = 0.75  # share of the sound that must be on a side: the rest is both at once, or music
IN_THE_MIDDLE = 0.1  # share of it that may come from the middle: an opening tune
LEAST_OF_SIDE, LEAST_SECONDS = 0.02, 3.0  # less on a side is no speaker


@dataclass(frozen=True)
class Leads:
    """What the two channels say of each hop."""

    sounding: "NDArray[np.bool_]"  # (hops, 2): a side speaks, and does not just hear the other
    middle: "NDArray[np.bool_]"  # the same sound on both
    loud: "NDArray[np.bool_]"  # there is sound at all

    @property
    def alone(self) -> "NDArray[np.bool_]":
        """(hops, 2): a side speaks, and the other does not."""
        alone: NDArray[np.bool_] = self.sounding & ~self.sounding[:, ::-1]
        return alone


def levels(pieces: Iterable[bytes]) -> "Levels":
    """Measure 16-bit stereo at 16 kHz that comes piece by piece."""
    size = round(HOP * RATE)
    found = [np.zeros((0, 3), np.int8)]
    left_over = b""
    for data in pieces:
        whole = left_over + data
        hops = len(whole) // (4 * size)
        left_over = whole[hops * 4 * size :]
        sound = np.frombuffer(whole[: hops * 4 * size], "<i2").astype(np.float32)
        found.append(_measured(sound.reshape(hops, size, 2) / np.float32(32768)))
    return np.concatenate(found)


def _measured(sound: "NDArray[np.float32]") -> "Levels":
    power = (sound**2).mean(axis=1)
    together = (sound[:, :, 0] * sound[:, :, 1]).mean(axis=1)
    alike = together / np.maximum(np.sqrt(power.prod(axis=1)), 1e-12)
    loud = np.maximum(10 * np.log10(power + 1e-12), LOWEST)
    return np.column_stack([loud, 100 * alike]).round().astype(np.int8)


def tell_apart(measured: "Levels") -> bool:
    """Whether each channel holds speakers of its own."""
    leads = read(measured)
    if leads is None:
        return False
    loud = max(1, int(leads.loud.sum()))
    alone = leads.alone.sum(axis=0)
    return bool(
        alone.sum() >= ON_A_SIDE * loud
        and (alone >= max(LEAST_SECONDS / HOP, LEAST_OF_SIDE * loud)).all()
        and leads.middle.sum() <= IN_THE_MIDDLE * loud
    )


def read(measured: "Levels") -> Leads | None:
    """Who leads when; None where a side is silent, or holds but noise, or hardly lasts."""
    if len(measured) < SMOOTH:
        return None
    both, alike = _smooth(measured[:, :2]), _smooth(measured[:, 2:])[:, 0] / 100
    lead = both - both[:, ::-1]
    speech = []
    for side in range(2):
        mine = both[(lead[:, side] >= LEADS) & (both[:, side] > LOWEST + 20), side]
        if not len(mine):
            return None
        speech.append(float(np.percentile(mine, 90)))
    if abs(speech[0] - speech[1]) > NO_SPEAKER:
        return None
    above = both > np.array(speech) - BELOW_SPEECH
    middle = above.all(axis=1) & (alike > ALIKE) & (np.abs(lead[:, 0]) < NEAR_MIDDLE)
    loud = above[:, 0] | above[:, 1]
    return Leads(above & (lead > -LEADS) & ~middle[:, None], middle, loud)


def _smooth(columns: "Levels") -> "NDArray[np.float32]":
    kernel = np.ones(SMOOTH, np.float32) / SMOOTH
    smooth = [np.convolve(column.astype(np.float32), kernel, "same") for column in columns.T]
    return np.column_stack(smooth)
