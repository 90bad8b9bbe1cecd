"""Print the report of an import."""

from typing import TYPE_CHECKING

import click

from timeline.commands.shared import counted

if TYPE_CHECKING:
    from timeline.imports.options import Options
    from timeline.imports.report import ChangeLog, Remarks, Report

MAX_GROUPS_PRINTED = 50  # kinds of remarks: the rarest, and a few of the commonest
_COMMONEST_PRINTED = 10
_MAX_REMARKS_PRINTED_WITHOUT_GROUPS = 3


def print_report(name: str, report: "Report", changes: "ChangeLog", options: "Options") -> None:
    """Print the remarks by kind, the rarest first, the changes of a dry run, and the totals."""
    for sentence in report.notes:
        click.echo(f"note: {name}: {sentence}", err=True)
    _print_remarks("warning", report.warnings)
    _print_conflicts(report.conflicts)
    _print_remarks("rejected", report.rejected)
    for line in changes.lines():
        click.echo(line)
    click.echo(_summary(name, report, options))
    click.echo(f"cells: {report.cells}")


def _print_remarks(kind: str, remarks: "Remarks") -> None:
    groups = remarks.groups.rarest_first()
    skipped = groups[MAX_GROUPS_PRINTED - _COMMONEST_PRINTED : -_COMMONEST_PRINTED]
    for number, group in enumerate(groups):
        if skipped and number == MAX_GROUPS_PRINTED - _COMMONEST_PRINTED:
            count = sum(other.count for other in skipped)
            others = f"and {count:,} of {len(skipped):,} other kinds"
            click.echo(f"{kind}: {others}; --report writes all of them to a file", err=True)
        if group in skipped:
            continue
        if group.count > _MAX_REMARKS_PRINTED_WITHOUT_GROUPS:
            click.echo(f"{kind}: {group.count:,} of one kind:", err=True)
            for line in group.lines():
                click.echo(f"  {line}", err=True)
        else:
            for line in group.lines():
                click.echo(f"{kind}: {line}", err=True)


def _print_conflicts(conflicts: "Remarks") -> None:
    """Print every conflict, in the order of the file: each is a decision of an editor."""
    for remark in conflicts:
        click.echo(f"conflict: {remark}", err=True)
    if more := conflicts.total - len(conflicts):
        click.echo(f"conflict: and {more:,} more; --report writes all of them to a file", err=True)


def _summary(name: str, report: "Report", options: "Options") -> str:
    """Return the last line of a report: how many rows were created, updated, unchanged and rejected."""
    rejected, warnings = report.rejected.total, report.warnings.total
    problems = f"{rejected:,} rejected, {counted(warnings, 'warning')}"
    problems += _conflicts(report, options)
    if options.all_or_nothing and rejected:
        return f"{name}: {counted(report.rows, 'row')}, {problems}; nothing was written"
    would = "would be " if options.dry_run else ""
    end = "; nothing was written" if options.dry_run else ""
    left_out = f"{report.left_out:,} left out, " if report.left_out else ""
    return (
        f"{name}: {counted(report.rows, 'row')}, {would}{report.created:,} created, {report.updated:,} updated, "
        f"{report.unchanged:,} unchanged, {left_out}{problems}{end}"
    )


def _conflicts(report: "Report", options: "Options") -> str:
    """Return the number of conflicts between editors and the file, with the option that decides for the file."""
    total = report.conflicts.total
    if not total:
        return ""
    conflicts = f"{total:,} {'conflict' if total == 1 else 'conflicts'} with changes of editors"
    return f", {conflicts}" + (
        "" if options.overwrite else ", which stay (--overwrite takes the file's values)"
    )
