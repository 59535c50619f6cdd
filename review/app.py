"""The routes of `mytake review`: each asks another file for what it shows or does."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline import store
from pipeline.engines.moments import clock
from pipeline.errors import (
    BlogRefused,
    CannotMend,
    ChangedMeanwhile,
    InterviewError,
    NeedsReason,
    NoSuchDraft,
    Unforeseen,
)
from pipeline.model import Interview
from review import (
    again,
    compare,
    desk,
    draft,
    editing,
    export,
    mend,
    people,
    record,
    shelf,
    strip,
)
from review.blogs import Blog
from review.checks import Rules
from review.draft import Draft
from review.jobs import Job, Jobs
from review.safety import (
    SESSION,
    SESSION_SECONDS,
    WRITTEN_POLICY,
    Guard,
    Safety,
    fields,
    showing,
    told_aside,
)
from review.search import Index

HERE = Path(__file__).parent
# What may be read of a folder as it is; everything else is shown by a page, or not at all.
FILES = {
    "timeline.svg": "image/svg+xml",
    "article.html": "text/html; charset=utf-8",
    "article.md": "text/plain; charset=utf-8",
    "transcript.md": "text/plain; charset=utf-8",
    "transcript.vtt": "text/vtt; charset=utf-8",
    "receipt.json": "application/json",
}
# What is done with all of it at once.
WHOLE = {
    "take in": editing.take_in,  # a newer version that a run wrote
    "put back": editing.put_back,
    "take over": editing.take_over,
}
STATUS = {
    NoSuchDraft: 404,
    ChangedMeanwhile: 409,
    CannotMend: 422,
    NeedsReason: 422,
    BlogRefused: 502,
}

log = logging.getLogger(__name__)

Handler = Callable[["Page", Request], Awaitable[Response]]


@dataclass(frozen=True)
class Page:
    """What the routes share."""

    output: Path
    rules: Rules
    guard: Guard
    index: Index
    templates: jinja2.Environment
    jobs: Jobs | None = None  # None: nothing can be written again from here
    blogs: Mapping[str, Blog] = field(default_factory=dict)

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page, or a part of one."""
        model = self.jobs.model if self.jobs else ""
        shared = {
            "token": self.guard.token,
            "blogs": self.blogs,
            "forms": export.FORMS,
            "model": model,
            "model_first": bool(model) and self.rules.config.compose.writer == "llm",
        }
        text = self.templates.get_template(template).render(**shared, **values)
        return HTMLResponse(text, status)

    def draft(self, request: Request) -> Draft:
        """The draft that an address names. Raises NoSuchDraft."""
        style = request.query_params.get("style", "")
        return draft.draft(self.output, request.path_params["name"], style)

    async def sheet(self, of: Draft, known: Interview) -> Response:
        """The article as it now is, for the page to put in."""
        made = await run_in_threadpool(desk.sheet, of, known, self.rules)
        return self.show("sheet.html", sheet=made, fresh=True)

    def job(self, of: Draft) -> Job | None:
        """What is being done to all of it in the background."""
        job = self.jobs.of(of.name) if self.jobs else None
        return None if job and job.asks else job

    def asked(self, of: Draft) -> Job | None:
        """The question of it that is being asked again."""
        job = self.jobs.of(of.name) if self.jobs else None
        return job if job and job.asks else None


def create(
    output: Path,
    rules: Rules,
    guard: Guard,
    index: Index,
    jobs: Jobs | None = None,
    blogs: Mapping[str, Blog] | None = None,
) -> Starlette:
    """The whole page as an ASGI application, guarded."""
    page = Page(output, rules, guard, index, environment(), jobs, blogs or {})
    routes = [
        Route(path, _bound(page, handler), methods=methods) for path, handler, methods in ROUTES
    ]
    app = Starlette(routes=[*routes, Mount("/static", StaticFiles(directory=HERE / "static"))])
    app.add_middleware(Safety, guard=guard)
    app.state.jobs = jobs  # whoever serves the page does not end it while it works
    return app


@cache
def environment() -> jinja2.Environment:
    """Templates in which everything is escaped, and a misspelt name is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["clock"] = clock
    made.globals.update(runs=strip.runs, columns=strip.COLUMNS)
    return made


def _bound(page: Page, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    @wraps(handler)
    async def bound(request: Request) -> Response:
        try:
            return await handler(page, request)
        except InterviewError as error:
            return _told(page, request, error)
        except Exception:  # a bug: written down, and the page goes on
            log.exception("%s %s", request.method, request.url.path)
            return _told(page, request, Unforeseen(request.url.path[:200]))

    return bound


def _told(page: Page, request: Request, error: InterviewError) -> Response:
    """What went wrong, in the page or as one of its own."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    part = request.headers.get("hx-request") == "true"
    answer = page.show("problem.html" if part else "error.html", status, parts=error.parts)
    if part:
        told_aside(answer)
    return answer


async def _form(request: Request) -> Mapping[str, str]:
    return fields(await request.body())


# --- the shelf ---


async def show_shelf(page: Page, request: Request) -> Response:
    """All drafts, or those that were asked for."""
    asked = shelf.Asked.of(request.query_params)
    found = await run_in_threadpool(shelf.found, page.index, asked)
    part = request.headers.get("hx-target") == "drafts"
    return page.show("drafts.html" if part else "shelf.html", shelf=found, asked=asked)


# --- the desk ---


async def show_desk(page: Page, request: Request) -> Response:
    """One draft."""
    of = page.draft(request)
    known = await run_in_threadpool(editing.opened, of, page.rules)
    made = await run_in_threadpool(desk.sheet, of, known, page.rules)
    answer = page.show(
        "desk.html", sheet=made, fresh=False, job=page.job(of), asked=page.asked(of),
        redoes=page.jobs is not None,
    )  # fmt: skip
    if made.embed:
        answer.headers["content-security-policy"] = showing(made.embed)
    return answer


async def show_sheet(page: Page, request: Request) -> Response:
    """The article as it is by now."""
    of = page.draft(request)
    known = await run_in_threadpool(editing.opened, of, page.rules)
    made = await run_in_threadpool(desk.sheet, of, known, page.rules)
    return page.show("sheet.html", sheet=made, fresh=False)


async def show_transcript(page: Page, request: Request) -> Response:
    """All that was said, for beside the article."""
    of = page.draft(request)
    known = await run_in_threadpool(draft.facts, of.folder)
    rows = await run_in_threadpool(desk.transcript, known)
    return page.show("transcript.html", speeches=rows)


async def show_offers(page: Page, request: Request) -> Response:
    """Questions that could be added."""
    of = page.draft(request)
    known = await run_in_threadpool(draft.interview, of)
    found = await run_in_threadpool(again.offers, known, known.article)
    return page.show("offers.html", offers=found, draft=of)


async def mend_one(page: Page, request: Request) -> Response:
    """Change one thing."""
    of, form = page.draft(request), await _form(request)
    way, seen = form.get("way", ""), form.get("stamp", "")
    if way in ("undo", "redo"):
        known = await run_in_threadpool(editing.step, of, seen, way, page.rules)
    elif way in WHOLE:
        known = await run_in_threadpool(WHOLE[way], of, seen, page.rules)
    else:
        where = form.get("where", "")
        known = await run_in_threadpool(editing.change, of, seen, way, where, form, page.rules)
    return await page.sheet(of, known)


async def restore(page: Page, request: Request) -> Response:
    """Make an older version the shown one."""
    of, form = page.draft(request), await _form(request)
    said = form.get("number", "")
    number = int(said) if said.isdecimal() and len(said) < 6 else -1
    await run_in_threadpool(editing.restore, of, form.get("stamp", ""), number, page.rules)
    return RedirectResponse(f"/drafts/{quote(of.name)}{of.query}", 303)


async def decide(page: Page, request: Request) -> Response:
    """Approve, reject, publish, or take that back."""
    of, form = page.draft(request), await _form(request)
    status, reason = form.get("status", ""), form.get("reason", "")
    known = await run_in_threadpool(
        editing.decide, of, form.get("stamp", ""), status, reason, page.rules
    )
    return await page.sheet(of, known)


async def show_versions(page: Page, request: Request) -> Response:
    """Every version that was kept, and what differs between two."""
    of = page.draft(request)
    told = record.review(of)
    kept = await run_in_threadpool(record.versions, of, told)
    old, new = compare.two(kept, request.query_params, told.version)
    changes = compare.changes(old.article, new.article) if old and new else []
    return page.show(
        "versions.html", draft=of, kept=kept, told=told, old=old, new=new, changes=changes,
        stamp=record.stamp(of),
    )  # fmt: skip


# --- who is who, and names: the later steps are done again ---


async def tell_people(page: Page, request: Request) -> Response:
    """Who is who."""
    of, form = page.draft(request), await _form(request)
    new = await run_in_threadpool(people.told, of, form.get("stamp", ""), form)
    return _redo(page, of, _nothing) if new else page.show("job.html", job=None, draft=of)


async def tell_spelling(page: Page, request: Request) -> Response:
    """How a name is spelled."""
    of, form = page.draft(request), await _form(request)
    heard, right = form.get("heard", ""), form.get("right", "")
    await run_in_threadpool(people.spelled, of, form.get("stamp", ""), heard, right)
    return _redo(page, of, lambda one: editing.respell(one, heard, right, page.rules))


def _nothing(_: Draft) -> None:
    """More is not to be done."""


def _redo(page: Page, of: Draft, also: Callable[[Draft], None]) -> Response:
    """Write it again in the background, then bring that together with what was mended."""
    if page.jobs is None:
        raise CannotMend("It is kept, but cannot be written again here.", "Run mytake on it again.")

    def after() -> None:
        for style in ("", *draft.styles(of.folder)):
            one = Draft(of.folder, style)
            if editing.newer(one, "data/article.json").is_file():
                editing.take_in(one, None, page.rules)
            also(one)

    return page.show("job.html", job=page.jobs.start(of.name, after), draft=of)


async def show_job(page: Page, request: Request) -> Response:
    """How far it is; when it is done the page loads anew."""
    of = page.draft(request)
    job = page.job(of)
    answer = page.show("job.html", job=job, draft=of)
    if job and job.code == 0 and page.jobs:
        page.jobs.forget(of.name)
        answer.headers["hx-refresh"] = "true"
    return answer


# --- one question, asked of the language model again ---


async def ask(page: Page, request: Request) -> Response:
    """Ask it in the background."""
    of, form = page.draft(request), await _form(request)
    record.unchanged(of, form.get("stamp", ""))
    known = await run_in_threadpool(draft.interview, of)
    number = mend.question_at(known.article, form.get("where", ""))
    if page.jobs is None or not page.jobs.model:
        raise CannotMend("No language model is set up.", "See docs/language-model.md for how.")
    if (busy := page.jobs.of(of.name)) and busy.code is None:
        raise CannotMend("Something is being written for it already.", "Wait until that is done.")
    question = store.dump(known.article.questions[number - 1]).decode()
    order = {
        "name": of.name,
        "style": of.style,
        "question": question,  # as it was seen: it may be changed before the model is asked
        "hint": mend.hint(form),
    }
    job = page.jobs.ask(of.name, f"question {number}", order)
    return page.show("asking.html", asked=job, draft=of)


async def stop_asking(page: Page, request: Request) -> Response:
    """Wait no longer for the model."""
    of = page.draft(request)
    if page.jobs:
        await run_in_threadpool(page.jobs.stop, of.name)
    return page.show("asking.html", asked=page.asked(of), draft=of)


async def show_asked(page: Page, request: Request) -> Response:
    """How far that is, and in the end what came of it."""
    of = page.draft(request)
    job = page.asked(of)
    if job and job.code is not None and page.jobs:
        page.jobs.forget(of.name)
    return page.show("asking.html", asked=job, draft=of)


# --- elsewhere ---


async def send_form(page: Page, request: Request) -> Response:
    """The article as a file of that form."""
    of, name = page.draft(request), request.path_params["form"]
    if name not in export.FORMS:
        raise NoSuchDraft(name[:80], "It is none of the forms that there are.")
    known = await run_in_threadpool(editing.opened, of, page.rules)
    decision = record.decision(of, record.review(of))
    data = await run_in_threadpool(export.made, of, known, decision, name, page.rules)
    form = export.FORMS[name]
    file = quote(f"{of.name}{'-' + of.style if of.style else ''}.{form.ending}")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{file}",
        "content-security-policy": WRITTEN_POLICY,
    }
    return Response(data, media_type=form.kind, headers=headers)


async def send_rich(page: Page, request: Request) -> Response:
    """The article for the clipboard, with its look and without."""
    of = page.draft(request)
    known = await run_in_threadpool(editing.opened, of, page.rules)
    decided = replace(known, decision=record.decision(of, record.review(of)))
    text = export.markdown(export.Asked(of, decided, page.rules)).decode()
    return JSONResponse({"html": export.body(decided), "text": text})


async def send_to_blog(page: Page, request: Request) -> Response:
    """A draft in a blog, of an article that is approved."""
    of, form = page.draft(request), await _form(request)
    blog = page.blogs.get(form.get("blog", ""))
    if blog is None:
        raise CannotMend("That blog is not set up.", "See docs/reviewing.md for what it needs.")
    known = await run_in_threadpool(editing.opened, of, page.rules)
    record.unchanged(of, form.get("stamp", ""))
    decision = record.decision(of, record.review(of))
    if decision is None or decision.status == "rejected":
        raise CannotMend("Only what is approved is sent to a blog.", "Approve it first.")
    body = export.body(replace(known, decision=decision))
    address = await run_in_threadpool(blog.send, known.article, body)
    await run_in_threadpool(editing.note, of, f"sent to {blog.name} as a draft", address)
    return await page.sheet(of, known)


# --- files ---


async def send_audio(page: Page, request: Request) -> Response:
    """The kept copy; a part of it where the player asks for one."""
    copy = draft.listening_copy(page.draft(request).folder)
    if copy is None:
        raise NoSuchDraft("that audio", "No copy of it is kept.")
    return FileResponse(copy)


async def send_file(page: Page, request: Request) -> Response:
    """A file as a run wrote it, which may load and run nothing."""
    of, name = page.draft(request), request.path_params["file"]
    path = of.file(name)
    if name not in FILES or path.is_symlink() or not path.is_file():
        raise NoSuchDraft(name[:80], "There is no such file.")
    return FileResponse(
        path, media_type=FILES[name], headers={"content-security-policy": WRITTEN_POLICY}
    )


# --- the door ---


async def show_login(page: Page, _request: Request) -> Response:
    """Ask for the password."""
    return page.show("login.html", wrong=False)


async def login(page: Page, request: Request) -> Response:
    """Let in who knows it."""
    form = await _form(request)
    if not await run_in_threadpool(page.guard.lets_in, form.get("password", "")):
        return page.show("login.html", 403, wrong=True)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        SESSION, page.guard.session(), max_age=SESSION_SECONDS, httponly=True, samesite="strict"
    )
    return answer


# (address, what answers, methods)
ROUTES: tuple[tuple[str, Handler, list[str]], ...] = (
    ("/", show_shelf, ["GET"]),
    ("/login", show_login, ["GET"]),
    ("/login", login, ["POST"]),
    ("/drafts/{name}", show_desk, ["GET"]),
    ("/drafts/{name}/transcript", show_transcript, ["GET"]),
    ("/drafts/{name}/offers", show_offers, ["GET"]),
    ("/drafts/{name}/mend", mend_one, ["POST"]),
    ("/drafts/{name}/restore", restore, ["POST"]),
    ("/drafts/{name}/decide", decide, ["POST"]),
    ("/drafts/{name}/people", tell_people, ["POST"]),
    ("/drafts/{name}/spelling", tell_spelling, ["POST"]),
    ("/drafts/{name}/job", show_job, ["GET"]),
    ("/drafts/{name}/ask", ask, ["POST"]),
    ("/drafts/{name}/asked", show_asked, ["GET"]),
    ("/drafts/{name}/asked", stop_asking, ["POST"]),
    ("/drafts/{name}/sheet", show_sheet, ["GET"]),
    ("/drafts/{name}/as/{form}", send_form, ["GET"]),
    ("/drafts/{name}/rich", send_rich, ["GET"]),
    ("/drafts/{name}/blog", send_to_blog, ["POST"]),
    ("/drafts/{name}/versions", show_versions, ["GET"]),
    ("/drafts/{name}/audio", send_audio, ["GET"]),
    ("/drafts/{name}/files/{file}", send_file, ["GET"]),
)
