"""What can go wrong that a user can cause or cure. Anything else is a bug and stops the run."""

import shlex
import sys
from typing import ClassVar

# What a bare `pip` updates is another Python's.
_PYTHON = shlex.quote(sys.executable).replace("{", "{{").replace("}", "}}")
NEWER_YTDLP = f"{_PYTHON} -m pip install -U yt-dlp"


class InterviewError(Exception):
    """One failure: what happened, why, and what to do. Facts in `args`, words in the class.

    So it survives pickling, and every message has the same three parts.
    """

    what: ClassVar[str] = "Something went wrong with {0}."
    why: ClassVar[str] = "{1}"
    fix: ClassVar[str] = ""
    may_pass: ClassVar[bool] = False  # worth another try in a minute
    stops_channel: ClassVar[bool] = False  # the site refuses us, not this video

    def _fill(self, words: str) -> str:
        facts = [*map(str, self.args), "", "", ""]
        return words.format(*facts).strip()

    @property
    def parts(self) -> tuple[str, str, str]:
        """What, why, what to do."""
        return self._fill(self.what), self._fill(self.why), self._fill(self.fix)

    def __str__(self) -> str:
        return "\n  ".join(part for part in self.parts if part)


# --- before anything runs ---


class ConfigError(InterviewError):
    what = "The configuration cannot be used: {0}"
    why = "{1}"
    fix = "{2}"


class NotAdded(InterviewError):
    what = "The channel was not added, and nothing was written: {0}"
    why = "{1}"
    fix = "{2}"


class UnknownEngine(InterviewError):
    what = "There is no {0} called '{1}'."
    why = "Choose one of: {2}."


class NotThere(InterviewError):
    what = "Found no {0}."
    why = "It is neither a file on this machine nor a URL. {1}"
    fix = "Give a URL that starts with https://, or the path of an audio, video or captions file."


class Busy(InterviewError):
    what = "{0} is being worked on by another run."
    why = "Two runs of one video at once would write the same files."
    fix = "Wait for it, or end that process ({1})."


class Stopped(InterviewError):
    what = "{0} was cancelled."
    why = "{1}"
    fix = "Send it again with `mytake trigger`; finished steps are kept."


class NoServer(InterviewError):
    what = "No mytake is serving at {0}."
    why = "{1}"
    fix = "Start it with `mytake serve`, and leave it running."


class Changed(InterviewError):
    what = "The recording {0} is not the one that was heard before."
    why = "Its files had been cleaned away, and what came now is something else."
    fix = "Run it again: then all of it is heard anew."


class DaySpent(InterviewError):
    what = "The language model's budget for today is spent."
    why = "Today's articles cost ${0} so far, this one may cost ${1}, and a day ${2}."
    fix = (
        "Run it again tomorrow (UTC), when it goes on from here; or raise llm.max_cost_per_day, "
        "or lower llm.max_cost, in config/mytake.toml."
    )


# --- the site ---


class VideoUnavailable(InterviewError):
    what = "Could not get {0}."
    why = "The site answered: {1}"
    fix = f"Open it in a browser. If it plays there, update yt-dlp: {NEWER_YTDLP}"


class PrivateVideo(VideoUnavailable):
    fix = "Ask the owner for access, then set download.cookies in config/mytake.toml."


class RemovedVideo(VideoUnavailable):
    fix = "It is gone. If you have a copy, run mytake on the file."


class MembersOnly(VideoUnavailable):
    fix = "Join the channel and set download.cookies in config/mytake.toml."


class AgeGated(VideoUnavailable):
    fix = "Set download.cookies in config/mytake.toml to the cookies of a signed-in adult account."


class GeoBlocked(VideoUnavailable):
    fix = "The publisher does not offer it in this country; set download.proxy to one where it is."


class NotYetLive(VideoUnavailable):
    fix = "Run it again after the premiere."


class LiveNow(VideoUnavailable):
    fix = "Run it again when the stream has ended."


class Protected(VideoUnavailable):
    fix = "It is copy-protected (DRM) and cannot be downloaded."


class NoFormats(VideoUnavailable):
    fix = f"See `mytake doctor` for the JavaScript runtime, and update yt-dlp: {NEWER_YTDLP}"


class NoMedia(InterviewError):
    what = "Found nothing to listen to at {0}."
    why = "{1}"
    fix = "Give the address of the recording itself, of a podcast feed, or of a page that plays it."


class NoList(NoMedia):
    what = "{0} is no channel, playlist or feed."
    fix = "Watch one of these; an article of one recording is written by `mytake run`."


class BotWall(InterviewError):
    what = "The site wants proof that we are no robot, for {0}."
    why = "It answered: {1}"
    fix = "Wait some hours, raise download.sleep, or set download.cookies; no retry will help now."
    stops_channel = True


class RateLimited(InterviewError):
    what = "The site turned us away for now, for {0}."
    why = "It answered: {1}"
    fix = "Wait an hour and raise download.sleep in config/mytake.toml."
    may_pass = True
    stops_channel = True


class MediaRefused(InterviewError):
    what = "The site refused the audio of {0}."
    why = "It answered: {1}"
    fix = f"Links expire after some hours: try again. If it stays, update yt-dlp: {NEWER_YTDLP}"
    may_pass = True


class NoNetwork(InterviewError):
    what = "Could not reach the site for {0}."
    why = "{1}"
    fix = "Check the network (or download.proxy) and run again; finished steps are kept."
    may_pass = True


class NotFound(InterviewError):
    what = "There is nothing at {0}."
    why = "The server answered: {1}"
    fix = "Check the address."


class TooLong(InterviewError):
    what = "{0} is too long."
    why = "It lasts {1}; download.longest is {2}."
    fix = "Raise download.longest in config/mytake.toml if you mean it."


class TooShort(InterviewError):
    what = "{0} is too short."
    why = "It lasts {1}; {2} is the least that was asked for."
    fix = "Lower `shortest`, in config/channels.toml or in [download], if you mean it."


class TooOld(InterviewError):
    what = "{0} is too old."
    why = "It was published on {1}; only what came since {2} was asked for."
    fix = "Change `since`, in config/channels.toml or in [download], if you mean it."


# --- the file ---


class UnreadableFile(InterviewError):
    what = "Cannot read {0}."
    why = "{1}"
    fix = "Play it in a player first; then give an audio or video file that ffmpeg knows."


class OnlyTells(UnreadableFile):
    why = "It tells of a recording, and is none."
    fix = "Give the recording itself, with --info {0}."


class UnreadableCaptions(InterviewError):
    what = "Cannot read the captions in {0}."
    why = "{1}"
    fix = "Give a .vtt, .srt or YouTube .json3 file in UTF-8."


class NoSpeech(InterviewError):
    what = "Heard no words in {0}."
    why = "{1}"
    fix = (
        "Check that it is the right recording. For quiet speech lower transcribe.vad_threshold; "
        "for unclear speech set transcribe.language, or take a larger transcribe.model."
    )


class NotAnInterview(InterviewError):
    what = "{0} holds no question with an answer."
    why = "{1}"
    fix = (
        "Articles are made of conversations. Who said what: mytake show, with the same URL or file."
    )


class BrokenFolder(InterviewError):
    what = "Cannot read what was written to {0}."
    why = "{1}"
    fix = "Move that folder away and run mytake again; finished steps are kept."


class NoArticle(InterviewError):
    what = "{0} is no article that mytake wrote."
    why = "{1}"
    fix = "Give the article.md, or article-STYLE.md, of an interview's folder; or that folder."


class NotWritten(InterviewError):
    what = "There is no article in the style '{0}' in {1}."
    why = "It has: {2}."
    fix = "Write it with: mytake run URL_OR_FILE --style {0}"


class AlreadyThere(InterviewError):
    what = "{0} is there already."
    why = "Somebody may have worked on it, so it is not written over."
    fix = "Move it away, or give another place with --out."


# --- reviewing ---


class NoSuchDraft(InterviewError):
    what = "There is no article called {0}."
    why = "{1}"
    fix = "Go back to the shelf; its folder may have been renamed or moved."


class ChangedMeanwhile(InterviewError):
    what = "{0} was changed since you opened it."
    why = "Another tab, another person or a new run saved a newer version. Nothing was overwritten."
    fix = "Load the newer version, then make your change again."


class CannotMend(InterviewError):
    what = "That could not be done."
    why = "{0}"
    fix = "{1}"


class NeedsReason(InterviewError):
    what = "It cannot be approved as it is."
    why = "Still found: {0}"
    fix = "Mend that, or write down why it is right all the same; the reason is kept."


class Unforeseen(InterviewError):
    what = "Something went wrong."
    why = "Nobody foresaw it, at {0}; what was saved is saved. The terminal of mytake says more."
    fix = "Load the page again. If it happens again, tell us what you did."


class BlogRefused(InterviewError):
    what = "The article is not in {0}."
    why = "{1}"
    fix = "{2}"


# --- this machine ---


class DiskFull(InterviewError):
    what = "The disk is full at {0}."
    why = "{1}"
    fix = "Free some space and run the same command again; finished steps are kept."


class NoRoom(DiskFull):
    what = "The disk is too full at {0}."
    why = "{1} are free, the {2} step needs {3}, and download.keep_free is {4}."
    fix = (
        "Free some space (`mytake clean --dry-run` shows what may go) and run the same command "
        "again; finished steps are kept."
    )


class NoMirror(InterviewError):
    what = "Could not keep what was done at {0}."
    why = "{1}"
    fix = (
        "Check mirror.url, the network, and the keys in the environment (AWS_ACCESS_KEY_ID …); "
        "finished steps are kept here."
    )
    may_pass = True


class NotWritable(InterviewError):
    what = "Cannot write to {0}."
    why = "{1}"
    fix = "Close what has it open, check who may write there, or give another folder with --out."


class MissingTool(InterviewError):
    what = "{0} is missing."
    why = "{1}"
    fix = "{2}"


class MissingModel(InterviewError):
    what = "The model '{0}' is not on this machine."
    why = "{1}"
    fix = "{2}"


class UnknownModel(MissingModel):
    what = "There is no Whisper model '{0}'."


class MissingKey(InterviewError):
    what = "There is no key for {0}."
    why = "The environment variable {1} is not set."
    fix = "Set it in the shell that runs mytake (export {1}=…); it is never written down."


class Killed(InterviewError):
    what = "The process that worked on {0} was killed {1} times."
    why = "{2}"
    fix = "See whether memory runs out (a smaller transcribe.model needs less); trigger it again."


class Bug(InterviewError):
    what = "mytake itself failed at {0}."
    why = "{1}"
    fix = "Report it with the lines above; it is tried again by itself, less and less often."


class BrokenModel(InterviewError):
    what = "The model file {0} is not what it should be."
    why = "{1}"
    fix = "Delete it and run again, or install it anew with `make setup`."
