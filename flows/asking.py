"""One question of a draft, asked again of the language model, as the page for reviewing orders it.

`python -m flows.asking OUTPUT CONFIG` reads one order from stdin, tells its steps on stderr, and
prints what came of it: a process of its own, so that a model's libraries stay out of the page.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from flows import kept, screen
from flows.limits import Limits
from pipeline import config as knobs
from pipeline import store
from pipeline.engines import keys
from pipeline.engines.language_models import llm, model_writer
from pipeline.errors import CannotMend, ChangedMeanwhile, InterviewError
from pipeline.model import Question, Statement
from review import again, draft, editing
from review.checks import Rules
from review.draft import Draft

ELSEWHERE = "review"  # the key of drafts whose working files are gone


def ask(output: Path, file: Path, order: dict[str, str]) -> str:
    """Ask, save the answer, and tell what came of it. Raises InterviewError."""
    config = knobs.load(file)
    rules = Rules(config, file.parent / "styles")
    of = draft.draft(output, order["name"], order["style"])
    hint, asked = order["hint"], store.load(Question, order["question"].encode())
    known = draft.interview(of)
    if asked not in known.article.questions:
        raise ChangedMeanwhile(of.name)
    number = known.article.questions.index(asked) + 1
    answer, reason = _answer(of, number, hint, rules)
    if answer:
        what = f"asked {config.llm.model} again for answer {number}"
        editing.answered(of, asked, answer, what, rules, writer=f"llm ({config.llm.model})")
        return f"{config.llm.model} wrote answer {number} anew. Each sentence was checked."
    told = f"{config.llm.model} gave no answer that holds: {reason}."
    try:
        plain = again.another(known, known.article, asked, hint).answer
    except CannotMend as error:
        raise CannotMend(f"{told} {error.parts[1]}", error.parts[2]) from error
    what = f"asked answer {number} again, in the guest's own words"
    editing.answered(of, asked, plain, what, rules)
    return f"{told} Answer {number} has other sentences of the guest's own instead."


def _answer(of: Draft, number: int, hint: str, rules: Rules) -> tuple[tuple[Statement, ...], str]:
    """What the model makes of it, by the writer's own path, within its limits."""
    known, config = draft.interview(of), rules.config
    # The article stays in one language, whatever the next one is written in.
    options = config.llm.model_copy(update={"language": known.article.language or None})
    keys.give(os.environ)
    llm.ready(options)
    works, key = of.folder.parent / ".work", _key(of)
    folder = works / key / "asked"
    folder.mkdir(parents=True, exist_ok=True)
    for letter in folder.glob(f"{number:02}-*.json"):
        letter.unlink()  # who asks the same again wants no kept reply
    compose = config.compose.model_copy(update={"style": known.article.style, "writer": "llm"})
    style = rules.style(known.article.style)
    with Limits(key, config, works).around("compose", (options,)):
        return model_writer.another_answer(known, number, hint, compose, style, options, folder)


def _key(of: Draft) -> str:
    try:
        return kept.source_of(of.folder.parent, of.folder).key
    except InterviewError:
        return ELSEWHERE


def main(argv: Sequence[str]) -> int:
    """Carry out one order; returns the exit code."""
    screen.with_messages()
    try:
        print(ask(Path(argv[0]), Path(argv[1]), json.loads(sys.stdin.read())))
    except InterviewError as error:
        return screen.tell(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
