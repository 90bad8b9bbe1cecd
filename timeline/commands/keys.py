"""`timeline keys`: who may edit over HTTP."""

import json
from typing import TYPE_CHECKING

import click

from timeline.commands.shared import settings, store

if TYPE_CHECKING:
    from db.editing.api_keys import ListedKey, Role

_HEAD = ("name", "role", "created", "last used", "revoked")


@click.group(
    epilog="""\b
Examples:
  timeline keys create --role editor --name "Foreign desk"
  timeline keys list
  timeline keys revoke "Foreign desk"

A request carries its key in the header: Authorization: Bearer dateline_…

\b
editor    writes and deletes drafts, and hands them in for review
reviewer  publishes, corrects, retracts and deletes what is published
admin     brings retracted events back, too"""
)
def keys() -> None:
    """Make, list and revoke the keys of those who edit over HTTP. Reading published events needs none."""


@keys.command(epilog='\b\nExample:\n  KEY=$(timeline keys create --role reviewer --name "Night desk")')
@click.option(
    "--role",
    required=True,
    type=click.Choice(["editor", "reviewer", "admin"]),
    help="What its holder may do.",
)
@click.option("--name", required=True, help="Whose key it is: the history names it for each change.")
def create(role: "Role", name: str) -> None:
    """Make a key and print it, this once; only its digest is kept."""
    called = name.strip()
    if not called or len(called) > 100 or not called.isprintable():
        raise click.BadParameter("expected 1 to 100 characters that can be printed", param_hint="--name")
    opened = store(settings())
    key = opened.desk.create_key(called, role)
    opened.close()
    click.echo(f"The key of {called!r} ({role}) follows; keep it safe, it is shown this once.", err=True)
    click.echo(key)


@keys.command("list", epilog="\b\nExample:\n  timeline keys list --format json")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(form: str) -> None:
    """List every key, revoked ones too: name, role, created, last used, revoked. The keys themselves are nowhere."""
    opened = store(settings())
    listed = opened.desk.keys()
    opened.close()
    if form == "json":
        click.echo(json.dumps([_plain(one) for one in listed], ensure_ascii=False, indent=1))
    elif listed:
        click.echo(_table(listed))
    else:
        click.echo("There is no key yet; make one with 'timeline keys create'.")


@keys.command(epilog='\b\nExample:\n  timeline keys revoke "Night desk"')
@click.argument("name")
def revoke(name: str) -> None:
    """Take the key of NAME back: from the next request on it opens nothing."""
    opened = store(settings())
    opened.desk.revoke(name.strip())
    opened.close()
    click.echo(f"The key of {name.strip()!r} is revoked.")


def _plain(key: "ListedKey") -> dict[str, str | None]:
    return {
        "name": key.name, "role": key.role, "created": key.created, "last_used": key.used, "revoked": key.revoked
    }  # fmt: skip


def _table(listed: "list[ListedKey]") -> str:
    rows = [
        _HEAD,
        *((one.name, one.role, one.created, one.used or "never", one.revoked or "–") for one in listed),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
