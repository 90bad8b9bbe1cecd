"""The report of an import over HTTP as JSON; its messages name parameters, not options of the command line."""

from typing import Any

from timeline.errors import OpenQuestion
from timeline.imports.parameter_names import with_parameters
from timeline.imports.remark_groups import RemarkGroup
from timeline.imports.report import Remarks, Report

_COUNTS = ("rows", "created", "updated", "unchanged", "left_out")


def report_json(report: Report) -> dict[str, Any]:
    """Return the counts of a report, its remarks and its notes."""
    return {
        **{name: getattr(report, name) for name in _COUNTS},
        "cells": report.cells.as_dict(),
        "rejected": _remarks_json(report.rejected),
        "warnings": _remarks_json(report.warnings),
        "conflicts": _remarks_json(report.conflicts),
        "notes": [with_parameters(note) for note in report.notes],
    }


def question_json(question: OpenQuestion, detail: str) -> dict[str, Any]:
    """Return the question of a file that was not imported as an RFC 9457 problem, with parameters that answer it."""
    return {
        "type": "about:blank",
        "title": "The file needs an answer",
        "status": 422,
        "detail": detail,
        "columns": list(question.columns),
        "values": list(question.values),
        "parameters": [with_parameters(option) for option in question.options],
    }


def _remarks_json(remarks: Remarks) -> dict[str, Any]:
    """Return the number of remarks, their kinds, and the first thousand of them."""
    rows = [
        {
            "at": remark.at, "field": remark.field, "column": remark.column, "value": remark.value,
            "detail": with_parameters(remark.message),
        }
        for remark in remarks
    ]  # fmt: skip
    groups = [_group_json(group) for group in remarks.groups.rarest_first()]
    return {"total": remarks.total, "groups": groups, "rows": rows}


def _group_json(group: RemarkGroup) -> dict[str, Any]:
    """Return a kind of remarks with its number and the first different messages, each with its own number."""
    examples = [
        {
            "at": remark.at, "column": remark.column, "value": remark.value, "detail": with_parameters(remark.message),
            "count": group.counts[remark.message],
        }
        for remark in group.examples
    ]  # fmt: skip
    return {"count": group.count, "field": group.examples[0].field, "examples": examples}
