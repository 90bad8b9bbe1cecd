"""Imports over HTTP: a file is imported in the background, as `timeline import` does.

Each import has its own address with its progress and its report.
"""

import shutil
import time
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
from litestar import Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.params import Parameter

from db.editing.import_jobs import Job
from timeline.api.editors.import_options import OPTIONS, ImportRequest, read_import_request
from timeline.api.http.answers import send_json
from timeline.api.http.authentication import require_editor
from timeline.api.http.media_types import JSON
from timeline.api.http.query import base_address, read_query
from timeline.api.http.route import RequestBody, Route, described
from timeline.context import Context
from timeline.editing.roles import Editor
from timeline.errors import BadParameter, Busy, NotFound
from timeline.imports import background
from timeline.imports.options import read_options

MAX_FILE_BYTES = 1024 * 1024 * 1024
_MAX_RUNNING_IMPORTS = 2
_DAYS_KEPT = 7
_START_SECONDS = 60.0  # until an import has a process
_CHUNK_BYTES = 1024 * 1024
_BINARY = {"type": "string", "format": "binary"}
_FILE_BODIES = (
    RequestBody(("multipart/form-data",), {"type": "object", "properties": {"file": _BINARY}}),
    RequestBody(("application/octet-stream",), _BINARY),
)

ImportId = Annotated[str, Parameter(description="of the import")]
Pairs = list[tuple[str, str]]


def _importing(summary: str, operation: str, **route: Any) -> dict[str, Any]:
    return described(Route(summary=summary, operation=operation, tag="Editing", key=True, **route))


@post(
    "/imports",
    name="import",
    status_code=202,
    request_max_body_size=MAX_FILE_BYTES,
    opt=_importing(
        "Import a file in the background, as `timeline import` does", "createImport", status=202,
        parameters=OPTIONS, bodies=_FILE_BODIES,
    ),
)  # fmt: skip
async def upload(request: Request[Any, Any, State]) -> Response[bytes]:
    """Read a file from the body or from a form's `file`, and import it in the background."""
    editor = require_editor(request, action="importing a file")
    context: Context = request.app.state.context
    pairs = parse_qsl(request.scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
    await anyio.to_thread.run_sync(_clean_up, context)
    folder = background.folder(context.store) / (id_ := token_hex(8))
    await anyio.to_thread.run_sync(lambda: folder.mkdir(parents=True))
    try:
        sent = await _receive(request, folder, pairs)
        _check(editor, sent)
        await anyio.to_thread.run_sync(_start, context, editor, id_, folder / sent.name, sent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    base, job = base_address(request), context.store.jobs.get(id_)
    response = send_json(_job_document(context, base, job) if job else {})
    response.status_code = 202
    response.headers["Location"] = f"{base}/imports/{id_}"
    return response


async def _receive(request: Request[Any, Any, State], folder: Path, pairs: Pairs) -> ImportRequest:
    """Write the sent file to the folder, and return the options sent with it."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        sent = await _receive_form(request, folder, pairs)
    else:
        sent = read_import_request(pairs)
        async with await anyio.open_file(folder / sent.name, "wb") as out:
            async for chunk in request.stream():
                await out.write(chunk)
    if not (folder / sent.name).stat().st_size:
        example = "curl --data-binary @events.csv …/imports?name=events.csv"
        raise BadParameter("file", "is empty; expected the file as the body", example)
    return sent


async def _receive_form(request: Request[Any, Any, State], folder: Path, pairs: Pairs) -> ImportRequest:
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise BadParameter("file", "the form contains no file of that name", "curl -F file=@events.csv …")
    texts = [(name, str(value)) for name, value in form.multi_items() if not isinstance(value, UploadFile)]
    sent = read_import_request([("name", file.filename), *pairs, *texts])
    async with await anyio.open_file(folder / sent.name, "wb") as out:
        while chunk := await file.read(_CHUNK_BYTES):
            await out.write(chunk)
    return sent


def _check(editor: Editor, sent: ImportRequest) -> None:
    """Raise BadParameter for options that cannot be used, Forbidden for options above the editor's role."""
    options = read_options(sent.options)
    if options.publish:
        editor.need("reviewer", "publishing an import")
    if options.create_categories:
        editor.need("reviewer", "adding categories")


def _start(context: Context, editor: Editor, id_: str, file: Path, sent: ImportRequest) -> None:
    jobs = context.store.jobs
    if jobs.running() >= _MAX_RUNNING_IMPORTS:
        raise Busy(
            f"{_MAX_RUNNING_IMPORTS} imports are running already; send this file when one of them has ended"
        )
    jobs.start(id_, editor.name, editor.role, sent.name)
    try:
        background.start(context.settings, context.store, id_, file, sent.options)
    except BaseException:
        # Otherwise the job would count as running and block others.
        jobs.finish(id_, "failed", {"error": "the import could not be started"})
        raise


def _clean_up(context: Context) -> None:
    """Mark interrupted imports as failed, and delete imports that ended a week ago, with their files."""
    for job in context.store.jobs.latest():
        _with_state(context, job)
    folder = background.folder(context.store)
    for id_ in context.store.jobs.forget(int(time.time()) - _DAYS_KEPT * 86_400):
        shutil.rmtree(folder / id_, ignore_errors=True)


def _with_state(context: Context, job: Job) -> Job:
    """Return the job, marked as failed if its process is gone."""
    if job.state != "running" or _is_alive(job):
        return job
    message = (
        "the import was interrupted; the rows written so far are complete: send the file again to finish"
    )
    context.store.jobs.finish(job.id, "failed", {"error": message}, job.rows)
    return context.store.jobs.get(job.id) or job


def _is_alive(job: Job) -> bool:
    """Return whether a job's process runs, or may still be about to start."""
    if job.process is not None:
        return background.is_running(job.process)
    return time.time() - datetime.fromisoformat(job.created).timestamp() < _START_SECONDS


@get("/imports", name="imports", opt=_importing("The imports of the last days", "getImports"))
async def imports(request: Request[Any, Any, State]) -> Response[bytes]:
    """List the imports of the last days, the newest first."""
    context, base = _read_request(request)

    def documents() -> list[dict[str, Any]]:
        jobs = context.store.jobs.latest()
        return [_job_document(context, base, _with_state(context, job)) for job in jobs]

    return send_json({"imports": await anyio.to_thread.run_sync(documents)})


@get(
    "/imports/{import_id:str}",
    name="import_status",
    sync_to_thread=True,
    opt=_importing("The progress of an import, or its report", "getImport", path="/imports/{import}"),
)
def import_status(request: Request[Any, Any, State], import_id: ImportId) -> Response[bytes]:
    """Return the progress of an import, or its report."""
    context, base = _read_request(request)
    return send_json(_job_document(context, base, _with_state(context, _job(context, import_id))))


@get(
    "/imports/{import_id:str}/rejected.csv",
    name="import_rejects",
    sync_to_thread=True,
    opt=_importing(
        "Its rejected rows with their reasons", "getRejectedRows", path="/imports/{import}/rejected.csv",
        media_types=("text/csv",), schema="Binary",
    ),
)  # fmt: skip
def import_rejects(request: Request[Any, Any, State], import_id: ImportId) -> Response[bytes]:
    """Return the rejected rows with their reasons, to be corrected and sent again."""
    context, _ = _read_request(request)
    file = _rejects(context, _job(context, import_id))
    if file is None:
        raise NotFound(f"The import {import_id[:40]!r} has rejected no row")
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.read_bytes(), media_type="text/csv", headers=headers)


def _read_request(request: Request[Any, Any, State]) -> tuple[Context, str]:
    require_editor(request, action="seeing imports")
    return read_query(request, (), format="json").context, base_address(request)


def _job(context: Context, id_: str) -> Job:
    job = context.store.jobs.get(id_)
    if job is None:
        raise NotFound(f"There is no import {id_[:40]!r}; /imports lists those of the last days")
    return job


def _rejects(context: Context, job: Job) -> Path | None:
    return next((background.folder(context.store) / job.id).glob("*.rejected.csv"), None)


def _job_document(context: Context, base: str, job: Job) -> dict[str, Any]:
    """Return an import as JSON, without the number of its process."""
    address = f"{base}/imports/{job.id}"
    links = [{"rel": "self", "type": JSON, "href": address}]
    if job.state != "running" and _rejects(context, job):
        rejects = f"{address}/rejected.csv"
        links.append({"rel": "related", "type": "text/csv", "title": "rejected rows", "href": rejects})
    return {
        "id": job.id, "name": job.name, "by": job.who, "state": job.state, "rows": job.rows, "total": job.total,
        "created": job.created, "finished": job.finished, "report": job.report, "links": links,
    }  # fmt: skip


HANDLERS = [upload, imports, import_status, import_rejects]
