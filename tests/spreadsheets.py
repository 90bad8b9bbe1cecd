"""OpenDocument spreadsheets for tests, made as LibreOffice writes them."""

import io
import zipfile

_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "style", "table", "text")
) + (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink"'
)
# What follows the last row with a value: the rest of the sheet.
FILLER = (
    '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)


def cell(value: str = "", kind: str = "string", shown: str | None = None, more: str = "") -> str:
    """Return a cell; an empty one without a value."""
    if not value and not more:
        return "<table:table-cell/>"
    attribute = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    stored = "" if kind == "string" else f' office:{attribute}="{value}"'
    text = value if shown is None else shown
    return f'<table:table-cell office:value-type="{kind}"{stored} {more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    """Return a row of cells, or of texts that become cells."""
    xml = "".join(text if text.startswith("<") else cell(text) for text in cells)
    return f"<table:table-row {more}>{xml}</table:table-row>"


def ods(*rows: str, hidden: bool = False, manifest: str = "", **more_sheets: str) -> bytes:
    """Return a spreadsheet with `rows` on the sheet "Events", which may be hidden, and more sheets by name."""
    style = (
        '<style:style style:name="invisible" style:family="table"><style:table-properties table:display="false"/>'
        '</style:style><style:style style:name="visible" style:family="table"/>'
    )
    styles = {"Events": "invisible" if hidden else "visible"}
    sheets = "".join(
        f'<table:table table:name="{name}" table:style-name="{styles.get(name, "visible")}">'
        f'<table:table-column table:number-columns-repeated="5"/>{xml}{FILLER}</table:table>'
        for name, xml in {"Events": "".join(rows), **more_sheets}.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {_NAMESPACES} office:version="1.3">'
        f"<office:automatic-styles>{style}</office:automatic-styles><office:body><office:spreadsheet>{sheets}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return archive(
        mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
        **{"META-INF/manifest.xml": manifest.encode(), "content.xml": content.encode()},
    )


def archive(**parts: bytes) -> bytes:
    """Return a ZIP archive with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()
