"""Support by MiniCheck, a model made to tell whether a document bears a claim, on a server.

https://arxiv.org/abs/2404.10774; `ollama pull bespoke-minicheck` brings it. The server speaks
OpenAI's protocol; the answer is one word, so this needs none of the libraries that writers need.
"""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence

from pipeline.config import VerifyOptions
from pipeline.engines import base, keys
from pipeline.engines.outside import plain

# As the model was trained; Ollama's model brings it along, other servers do not.
SYSTEM = (
    "Determine whether the provided claim is consistent with the corresponding document. "
    "Consistency in this context implies that all information presented in the claim is "
    "substantiated by the document. If not, it should be considered inconsistent. Please assess "
    'the claim\'s consistency with the document by responding with either "Yes" or "No".'
)
ANSWERS = {"yes": 1.0, "no": 0.0}
ANSWER_TOKENS = 8  # for one word, and what some servers put around it
LONGEST_REPLY = 100_000  # bytes
TOLD = 200  # characters of what a server said
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # worth another try by another run


class MiniCheck:
    """A `Support`."""

    enough = 0.5

    def score(self, pairs: Sequence[tuple[str, str]], options: VerifyOptions) -> base.Scored:
        """1 for a Yes, 0 for a No; None from where on the server did not answer."""
        scores: list[float | None] = []
        note, may_pass = "", False
        for claim, document in pairs:
            try:
                said = _asked(claim, document, options)
            except (OSError, http.client.HTTPException, ValueError) as error:
                note, may_pass = _fault(error, options)
                break
            score = ANSWERS.get(said.strip(" \n\t.,:;*\"'").lower()[:3].rstrip(" .,"))
            if score is None:
                note = "MiniCheck answered neither Yes nor No"
            scores.append(score)
        scores += [None] * (len(pairs) - len(scores))
        return base.Scored(tuple(scores), note, may_pass)


def _asked(claim: str, document: str, options: VerifyOptions) -> str:
    """What the model says. Each text is one line, so that none can pose as the other."""
    messages = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": f"Document: {plain(document)}\nClaim: {plain(claim)}"},
    ]
    body = {
        "model": options.support_model,
        "messages": messages,
        "temperature": 0,
        "max_tokens": ANSWER_TOKENS,
    }
    url = f"{options.support_url.rstrip('/')}/chat/completions"
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{options.support_url} is no address of a server")
    key = keys.of("minicheck")
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {key}"} if key else {}
    )
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=options.support_timeout) as reply:  # noqa: S310
        said = json.loads(reply.read(LONGEST_REPLY))
    try:
        return str(said["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("its reply is not of OpenAI's form") from error


def _fault(error: Exception, options: VerifyOptions) -> tuple[str, bool]:
    """What went wrong, in words for the receipt, and whether another run should ask again."""
    if isinstance(error, urllib.error.HTTPError):
        with error:
            said = error.read(LONGEST_REPLY).decode("utf-8", "replace")
        told = f"answered {error.code}: {said}"
        may_pass = error.code in PASSING
    elif isinstance(error, ValueError):
        told, may_pass = f"could not be understood: {error}", False
    else:
        reason = getattr(error, "reason", None) or error
        told, may_pass = f"could not be reached ({reason or type(error).__name__})", True
    where = plain(keys.redacted(options.support_url))
    return f"MiniCheck at {where} {plain(keys.redacted(told))[:TOLD]}", may_pass
