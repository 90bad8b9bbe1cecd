"""Imports over HTTP: a file is taken as `timeline import` takes it, in the background, and told at its own address."""

import re
import secrets
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
from litestar import Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.params import Parameter as Taken

from db.editing.import_jobs import Job
from timeline.api.http.answers import JSON, send_json
from timeline.api.http.asked import ask, base_address
from timeline.api.http.authentication import demanded
from timeline.api.params.tables import Parameter
from timeline.context import Context
from timeline.editing.roles import Editor
from timeline.errors import BadParameter, Busy, NotFound
from timeline.exchange.checks import unsound
from timeline.imports import background
from timeline.imports.options import read_options
from timeline.readers import SUFFIXES

MAX_FILE = 1024 * 1024 * 1024
_AT_ONCE = 2
_KEPT_DAYS = 7
_STARTING = 60.0  # seconds until an import has a process
_LONGEST = 10_000  # characters of an option
_UNSAFE = re.compile(r"[^\w.() -]+")
_LISTS = ("map", "set")
_VALUES = ("key", "dates", "country", "bbox", "encoding")
_SWITCHES = ("publish", "create_categories", "strict", "dry_run")


def _text(name: str, meaning: str, example: str, *, many: bool = False) -> Parameter:
    schema: dict[str, Any] = {"type": "string"}
    return Parameter(name, meaning, schema, example, many=many)


def _switch(name: str, meaning: str) -> Parameter:
    return Parameter(name, meaning, {"type": "string", "enum": ["0", "1"], "default": "0"}, "1")


OPTIONS = (
    _text(
        "name", "name of the file, whose suffix tells its format; a form's file brings its own", "events.csv"
    ),
    _text("map", "COLUMN[,COLUMN]=FIELD; may be repeated", "city,state=place"),
    _text("set", "FIELD=VALUE; may be repeated", "category=death"),
    _text("key", "columns that make the id", "date,title"),
    _text("dates", "order of dates such as 03/04/2021: dmy, mdy or ymd", "dmy"),
    _text("country", "where places lie that say no more", "BE"),
    _text("bbox", "prefer places in this box", "2.5,49.5,6.4,51.5"),
    _text("encoding", "what a CSV file is written in", "mac-roman"),
    _switch("publish", "publish the events (reviewer); without it they are drafts"),
    _switch("create_categories", "add unknown categories (reviewer)"),
    _switch("strict", "all rows or none"),
    _switch("dry_run", "write nothing, tell what would be"),
)


Id = Annotated[str, Taken(description="of the import")]


class Wanted(NamedTuple):
    """The name of an uploaded file, and the options of its import as `read_options` takes them."""

    name: str
    options: dict[str, Any]


@post("/imports", name="import", status_code=202, request_max_body_size=MAX_FILE)
async def upload(request: Request[Any, Any, State]) -> Response[bytes]:
    """Take a file, as the body or as a form's `file`, and import it in the background."""
    editor = demanded(request, what="importing a file")
    context: Context = request.app.state.context
    pairs = parse_qsl(request.scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
    await anyio.to_thread.run_sync(_tidy, context)
    here = background.folder(context.store) / (id_ := secrets.token_hex(8))
    await anyio.to_thread.run_sync(lambda: here.mkdir(parents=True))
    try:
        wanted = await _received(request, here, pairs)
        _check(editor, wanted)
        await anyio.to_thread.run_sync(_begin, context, editor, id_, here / wanted.name, wanted)
    except BaseException:
        shutil.rmtree(here, ignore_errors=True)
        raise
    base, found = base_address(request), context.store.jobs.one(id_)
    answer = send_json(_shown(context, base, found) if found else {})
    answer.status_code = 202
    answer.headers["Location"] = f"{base}/imports/{id_}"
    return answer


async def _received(request: Request[Any, Any, State], here: Path, pairs: list[tuple[str, str]]) -> Wanted:
    """Write the file that was sent to disk, and read the options beside it."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise BadParameter("file", "the form holds no file of that name", "curl -F file=@events.csv …")
        texts = [
            (name, str(value)) for name, value in form.multi_items() if not isinstance(value, UploadFile)
        ]
        wanted = _wanted([("name", file.filename), *pairs, *texts])
        async with await anyio.open_file(here / wanted.name, "wb") as out:
            while chunk := await file.read(1024 * 1024):
                await out.write(chunk)
    else:
        wanted = _wanted(pairs)
        async with await anyio.open_file(here / wanted.name, "wb") as out:
            async for chunk in request.stream():
                await out.write(chunk)
    if not (here / wanted.name).stat().st_size:
        raise BadParameter("file", "is empty", "curl --data-binary @events.csv …/imports?name=events.csv")
    return wanted


def _wanted(pairs: list[tuple[str, str]]) -> Wanted:
    """Return the name of the file and the options of its import; raise BadParameter for an unknown option."""
    name, options = "", dict[str, Any]()
    for option, value in pairs:
        if fault := unsound(value) or ("is too long" if len(value) > _LONGEST else None):
            raise BadParameter(option[:80], fault, "map=city,state=place")
        if option == "name":
            name = Path(value.replace("\\", "/")).name
        elif option in _LISTS:
            options.setdefault(option, []).append(value)
        elif option in _VALUES:
            options[option] = value
        elif option in _SWITCHES and value in ("1", "true", "0", "false"):
            options[option] = options.get(option, False) or value in ("1", "true")
        else:
            known = ", ".join(("name", *_LISTS, *_VALUES, *_SWITCHES))
            raise BadParameter(option[:80], f"{value[:80]!r} cannot be used; known are {known}", "publish=1")
    safe = _UNSAFE.sub("_", name).lstrip(".")[-120:]
    if Path(safe).suffix.lower() not in SUFFIXES:
        raise BadParameter(
            "name",
            f"{name[:80]!r} has none of the suffixes {', '.join(SUFFIXES)}",
            "/imports?name=events.csv",
        )
    return Wanted(safe, options)


def _check(editor: Editor, wanted: Wanted) -> None:
    """Raise BadParameter for options that cannot be used, Forbidden for those that the role does not allow."""
    chosen = read_options(wanted.options)
    if chosen.publish:
        editor.need("reviewer", "publishing an import")
    if chosen.create_categories:
        editor.need("reviewer", "adding categories")


def _begin(context: Context, editor: Editor, id_: str, file: Path, wanted: Wanted) -> None:
    jobs = context.store.jobs
    if jobs.running() >= _AT_ONCE:
        raise Busy(f"{_AT_ONCE} imports are running already; send this one when one of them has ended")
    jobs.start(id_, editor.name, editor.role, wanted.name)
    try:
        background.start(context.settings, context.store, id_, file, wanted.options)
    except BaseException:
        # It would be taken for one that runs, and keep others out.
        jobs.finish(id_, "failed", {"error": "the import could not be started"})
        raise


def _tidy(context: Context) -> None:
    """End what died without a word, and forget what ended a week ago, with its files."""
    for found in context.store.jobs.latest():
        _state(context, found)
    where = background.folder(context.store)
    for id_ in context.store.jobs.forget(int(time.time()) - _KEPT_DAYS * 86_400):
        shutil.rmtree(where / id_, ignore_errors=True)


def _state(context: Context, found: Job) -> Job:
    """Tell of an import whose process is gone that it has failed."""
    if found.state != "running" or _alive(found):
        return found
    message = "the import was interrupted; what it wrote is whole: send the file again to finish the work"
    context.store.jobs.finish(found.id, "failed", {"error": message}, found.rows)
    return context.store.jobs.one(found.id) or found


def _alive(found: Job) -> bool:
    """Tell whether an import's process is there, or may be about to."""
    if found.process is not None:
        return background.is_running(found.process)
    return time.time() - datetime.fromisoformat(found.created).timestamp() < _STARTING


@get("/imports", name="imports")
async def imports(request: Request[Any, Any, State]) -> Response[bytes]:
    """List the imports of the last days, the newest first."""
    context, base = _asked(request)

    def listed() -> list[dict[str, Any]]:
        return [_shown(context, base, _state(context, one)) for one in context.store.jobs.latest()]

    return send_json({"imports": await anyio.to_thread.run_sync(listed)})


@get("/imports/{import_id:str}", name="import_status", sync_to_thread=True)
def import_status(request: Request[Any, Any, State], import_id: Id) -> Response[bytes]:
    """Tell how far an import is, or what came of it."""
    context, base = _asked(request)
    return send_json(_shown(context, base, _state(context, _job(context, import_id))))


@get("/imports/{import_id:str}/rejected.csv", name="import_rejects", sync_to_thread=True)
def import_rejects(request: Request[Any, Any, State], import_id: Id) -> Response[bytes]:
    """Give the rows that were rejected with their reasons, to be mended and sent again."""
    context, _ = _asked(request)
    rows = _rejects(context, _job(context, import_id))
    if rows is None:
        raise NotFound(f"The import {import_id[:40]!r} has rejected nothing")
    headers = {"Content-Disposition": f'attachment; filename="{rows.name}"'}
    return Response(rows.read_bytes(), media_type="text/csv", headers=headers)


def _asked(request: Request[Any, Any, State]) -> tuple[Context, str]:
    demanded(request, what="seeing imports")
    return ask(request, (), form="json").context, base_address(request)


def _job(context: Context, id_: str) -> Job:
    found = context.store.jobs.one(id_)
    if found is None:
        raise NotFound(f"There is no import {id_[:40]!r}; those of the last days are listed at /imports")
    return found


def _rejects(context: Context, found: Job) -> Path | None:
    where = background.folder(context.store) / found.id
    return next(where.glob("*.rejected.csv"), None)


def _shown(context: Context, base: str, found: Job) -> dict[str, Any]:
    """Write an import for its owner's tool; the number of its process is nobody's business."""
    here = f"{base}/imports/{found.id}"
    links = [{"rel": "self", "type": JSON, "href": here}]
    if found.state != "running" and _rejects(context, found):
        links.append(
            {"rel": "related", "type": "text/csv", "title": "rejected rows", "href": f"{here}/rejected.csv"}
        )
    return {
        "id": found.id, "name": found.name, "by": found.who, "state": found.state, "rows": found.rows,
        "total": found.total, "created": found.created, "finished": found.finished, "report": found.report,
        "links": links,
    }  # fmt: skip


HANDLERS = [upload, imports, import_status, import_rejects]
