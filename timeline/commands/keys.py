"""`timeline keys`: create, list and revoke the keys for editing over HTTP."""

import json
from typing import TYPE_CHECKING

import click

from timeline.commands.shared import load_settings, open_store

if TYPE_CHECKING:
    from db.editing.api_keys import ListedKey, Role

_HEAD = ("name", "role", "created", "last used", "revoked")


@click.group(
    epilog="""\b
Examples:
  timeline keys create --role editor --name "Foreign desk"
  timeline keys list
  timeline keys revoke "Foreign desk"

Send the key in a header of each request: Authorization: Bearer dateline_…

\b
editor    creates, changes and deletes drafts, and submits them for review
reviewer  also publishes events, and corrects, retracts and deletes published ones
admin     also restores retracted events"""
)
def keys() -> None:
    """Create, list and revoke the keys for editing over HTTP. Reading published events needs no key."""


@keys.command(epilog='\b\nExample:\n  KEY=$(timeline keys create --role reviewer --name "Night desk")')
@click.option(
    "--role",
    required=True,
    type=click.Choice(["editor", "reviewer", "admin"]),
    help="What the key allows.",
)
@click.option(
    "--name",
    required=True,
    help="Holder of the key, such as 'Foreign desk'; the history of each event shows it.",
)
def create(role: "Role", name: str) -> None:
    """Create a key and print it. It cannot be printed again: the database stores only its digest."""
    holder = name.strip()
    if not holder or len(holder) > 100 or not holder.isprintable():
        raise click.BadParameter(
            "expected 1 to 100 printable characters, such as 'Foreign desk'", param_hint="--name"
        )
    store = open_store(load_settings())
    key = store.desk.create_key(holder, role)
    store.close()
    click.echo(f"This is the key of {holder!r} ({role}). Save it now: it cannot be shown again.", err=True)
    click.echo(key)


@keys.command("list", epilog="\b\nExample:\n  timeline keys list --format json")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(format_: str) -> None:
    """List all keys, including revoked ones: name, role, created, last used, revoked. The keys are not stored."""
    store = open_store(load_settings())
    all_keys = store.desk.keys()
    store.close()
    if format_ == "json":
        click.echo(json.dumps([_plain(key) for key in all_keys], ensure_ascii=False, indent=1))
    elif all_keys:
        click.echo(_table(all_keys))
    else:
        click.echo("There is no key yet; create one with 'timeline keys create'.")


@keys.command(epilog='\b\nExample:\n  timeline keys revoke "Night desk"')
@click.argument("name")
def revoke(name: str) -> None:
    """Revoke the key of NAME. The next request with it is refused."""
    store = open_store(load_settings())
    store.desk.revoke(name.strip())
    store.close()
    click.echo(f"The key of {name.strip()!r} is revoked.")


def _plain(key: "ListedKey") -> dict[str, str | None]:
    return {
        "name": key.name, "role": key.role, "created": key.created, "last_used": key.used, "revoked": key.revoked
    }  # fmt: skip


def _table(keys: "list[ListedKey]") -> str:
    rows = [
        _HEAD,
        *((key.name, key.role, key.created, key.used or "never", key.revoked or "–") for key in keys),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
