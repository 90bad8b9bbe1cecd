"""Imports over HTTP: a file is imported in the background, as `timeline import` does.

Each import has its own address with its progress and its report.
"""

import errno
import os
import shutil
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import File

from db.editing.import_jobs import Job
from db.errors import StoreUnavailable
from timeline.api.editors.import_options import OPTIONS, ImportRequest, read_import_request
from timeline.api.editors.upload_body import receive_form, receive_stream
from timeline.api.http.answers import send_json
from timeline.api.http.attachment import attachment
from timeline.api.http.authentication import require_editor
from timeline.api.http.edge import HEAD
from timeline.api.http.media_types import JSON
from timeline.api.http.query import base_address, read_query
from timeline.api.http.route import RequestBody, Route, described
from timeline.api.http.slots import Slots
from timeline.api.http.streaming import StreamedResponse, StreamSource
from timeline.context import Context
from timeline.editing.roles import Editor
from timeline.errors import BadParameter, Busy, NotFound
from timeline.exchange.native_table import rejected_name
from timeline.imports import background, job_folders
from timeline.imports.job_folders import ImportFolders
from timeline.imports.options import read_options
from timeline.readers import MEDIA_TYPES

MAX_FILE_BYTES = 1024 * 1024 * 1024
MAX_RUNNING_IMPORTS = 2
MAX_UPLOADS = 4  # files that are received at once
MAX_UPLOAD_SECONDS = 3_600
MAX_JOBS_LISTED = 50
MAX_DOWNLOADS = 4  # of rejected rows from the database at once, in a process
DOWNLOAD_WAIT_SECONDS = 1.0
MAX_REMARKS_LISTED = 10  # of each import in the list; its own address has all of them
_TOO_MANY = f"{MAX_RUNNING_IMPORTS} imports are running already; send this file when one of them has ended"
_DOWNLOADS = Slots("downloads of rejected rows", MAX_DOWNLOADS, DOWNLOAD_WAIT_SECONDS)
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
_BINARY = {"type": "string", "format": "binary"}
_FILE_BODIES = (
    RequestBody(("multipart/form-data",), {"type": "object", "properties": {"file": _BINARY}}),
    RequestBody(("application/octet-stream", *MEDIA_TYPES), _BINARY),
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
    folder, lease = await anyio.to_thread.run_sync(_open_folder, _folders(context))
    try:
        sent = await _receive(request, job_folders.upload(folder), pairs)
        _check(editor, sent)
        await anyio.to_thread.run_sync(_start, context, editor, folder, lease, sent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        os.close(lease)  # the process of the import has a copy
    base, job = base_address(request), context.store.jobs.get(folder.name)
    response = send_json(_job_document(_folders(context), base, job) if job else {})
    response.status_code = 202
    response.headers["Location"] = f"{base}/imports/{folder.name}"
    return response


def _folders(context: Context) -> ImportFolders:
    return ImportFolders(context.settings, context.store)


def _open_folder(folders: ImportFolders) -> tuple[Path, int]:
    """Return a new folder for an upload with the descriptor of its lease; raise Busy if there are too many files."""
    folders.clean_up()
    if len(folders.store.jobs.running()) >= MAX_RUNNING_IMPORTS:
        raise Busy(_TOO_MANY)
    if folders.uploads_in_progress() >= MAX_UPLOADS:
        raise Busy(
            f"{MAX_UPLOADS} files are being received already; send this file when one of them has arrived"
        )
    if folders.total_bytes() > job_folders.MAX_TOTAL_BYTES:
        raise Busy(
            "the files of earlier imports fill the space for them; send this file when they have ended"
        )
    folder = folders.parent / token_hex(8)
    try:
        return folder, job_folders.make_folder(folder)
    except OSError as error:
        if error.errno not in _NOT_WRITABLE:
            raise
        raise StoreUnavailable(
            f"the server cannot write uploads ({error.strerror}); its operator can set TIMELINE_UPLOADS to a folder"
            " that it may write"
        ) from None


async def _receive(request: Request[Any, Any, State], folder: Path, pairs: Pairs) -> ImportRequest:
    """Write the sent file to the folder, and return the options sent with it."""
    try:
        with anyio.fail_after(MAX_UPLOAD_SECONDS):
            content_type = request.headers.get("content-type", "")
            if content_type.startswith("multipart/form-data"):
                sent = await _receive_form(request, folder, pairs)
            else:
                sent = read_import_request(pairs, content_type)
                await receive_stream(request.stream(), folder / sent.name)
    except TimeoutError:
        raise BadParameter("file", f"did not arrive within {MAX_UPLOAD_SECONDS:,} seconds") from None
    if not (folder / sent.name).stat().st_size:
        example = "curl --data-binary @events.csv …/imports?name=events.csv"
        raise BadParameter("file", "is empty; expected the file as the body", example)
    return sent


async def _receive_form(request: Request[Any, Any, State], folder: Path, pairs: Pairs) -> ImportRequest:
    form = await receive_form(request.stream(), request.headers["content-type"], folder)
    if form.file is None or form.name is None:
        raise BadParameter("file", "the form contains no file of that name", "curl -F file=@events.csv …")
    sent = read_import_request([("name", form.name), *pairs, *form.fields], form.content_type)
    form.file.rename(folder / sent.name)
    return sent


def _check(editor: Editor, sent: ImportRequest) -> None:
    """Raise BadParameter for options that cannot be used, Forbidden for options above the editor's role."""
    options = read_options(sent.options)
    if options.publish:
        editor.need("reviewer", "publishing an import")
    if options.create_categories:
        editor.need("reviewer", "adding categories")


def _start(context: Context, editor: Editor, folder: Path, lease: int, sent: ImportRequest) -> None:
    jobs, host = context.store.jobs, _folders(context).host
    if not jobs.start(folder.name, editor.name, editor.role, sent.name, MAX_RUNNING_IMPORTS, host):
        raise Busy(_TOO_MANY)
    try:
        background.start(context.settings, context.store, folder, lease, sent.name, sent.options)
    except BaseException:
        # Otherwise the job would count as running and block others.
        jobs.finish(folder.name, "failed", {"error": "the import could not be started"})
        raise


@get("/imports", name="imports", opt=_importing("The imports of the last days", "getImports"))
async def imports(request: Request[Any, Any, State]) -> Response[bytes]:
    """List the imports of the last days, the newest first."""
    context, base = _read_request(request)

    def documents() -> list[dict[str, Any]]:
        folders = _folders(context)
        jobs = map(folders.with_state, context.store.jobs.latest(MAX_JOBS_LISTED))
        return [_summary(_job_document(folders, base, job)) for job in jobs]

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
    folders = _folders(context)
    return send_json(_job_document(folders, base, folders.with_state(_job(context, import_id))))


@get(
    "/imports/{import_id:str}/rejected.csv",
    name="import_rejects",
    sync_to_thread=True,
    opt=_importing(
        "Its rejected rows with their reasons", "getRejectedRows", path="/imports/{import}/rejected.csv",
        media_types=("text/csv",), schema="Binary",
    ),
)  # fmt: skip
def import_rejects(request: Request[Any, Any, State], import_id: ImportId) -> Response[Any]:
    """Return the rejected rows with their reasons, to be corrected and sent again."""
    context, _ = _read_request(request)
    job = _job(context, import_id)
    headers = {"content-disposition": attachment(rejected_name(job.name))}
    if file := job_folders.rejected_rows(_folders(context).parent / job.id):
        return File(file, media_type="text/csv", headers=headers)
    if not _has_rejects_in_database(job):
        raise NotFound(f"The import {import_id[:40]!r} has rejected no row")

    def open_parts() -> StreamSource:
        parts = job_folders.uncompressed(context.store.jobs.rejected_parts(job.id))
        return StreamSource({"content-type": "text/csv; charset=utf-8", **headers}, parts, lambda: None)

    return StreamedResponse(open_parts, _DOWNLOADS, head=bool(request.scope.get(HEAD)))


def _read_request(request: Request[Any, Any, State]) -> tuple[Context, str]:
    require_editor(request, action="seeing imports")
    return read_query(request, (), format="json").context, base_address(request)


def _job(context: Context, id_: str) -> Job:
    job = context.store.jobs.get(id_)
    if job is None:
        raise NotFound(f"There is no import {id_[:40]!r}; /imports lists those of the last days")
    return job


def _has_rejects_in_database(job: Job) -> bool:
    """Return whether any machine can answer with the rejected rows; those of a killed import may be incomplete."""
    return job.state == "done" and job.has_rejected_rows


def _job_document(folders: ImportFolders, base: str, job: Job) -> dict[str, Any]:
    """Return an import as JSON, without the number of its process."""
    address = f"{base}/imports/{job.id}"
    links = [{"rel": "self", "type": JSON, "href": address}]
    has_file = job.state != "running" and job_folders.rejected_rows(folders.parent / job.id) is not None
    if has_file or _has_rejects_in_database(job):
        rejects = f"{address}/rejected.csv"
        links.append({"rel": "related", "type": "text/csv", "title": "rejected rows", "href": rejects})
    return {
        "id": job.id, "name": job.name, "by": job.who, "state": job.state, "rows": job.rows, "total": job.total,
        "created": job.created, "finished": job.finished, "report": job.report, "links": links,
    }  # fmt: skip


def _summary(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document of an import for a list, with only the first remarks of its report."""
    report = dict(document["report"] or {})
    for kind in ("rejected", "warnings", "conflicts"):
        if kind in report:
            remarks = report[kind]
            shown = {
                part: remarks[part][:MAX_REMARKS_LISTED] for part in ("groups", "rows") if part in remarks
            }
            report[kind] = {**remarks, **shown}
    return {**document, "report": report or None}


HANDLERS = [upload, imports, import_status, import_rejects]
