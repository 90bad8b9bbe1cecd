"""Messages of imports over HTTP name parameters, not options of the command line."""

import pytest

from timeline.imports.parameter_names import with_parameters


@pytest.mark.parametrize(("message", "expected"), [
    ("read it with --map FIREDATE=date, or with --undated", "read it with map=FIREDATE=date, or with undated=1"),
    ("--map 'Disaster Type=category' --create-categories (such as 'x')",
     "map=Disaster Type=category create_categories=1 (such as 'x')"),
    ("is that 3 April (--dates dmy) or 4 March (--dates mdy)?", "is that 3 April (dates=dmy) or 4 March (dates=mdy)?"),
    ("choose --dates dmy or --dates mdy: others are rejected", "choose dates=dmy or dates=mdy: others are rejected"),
    ("--map first_name,last_name=title; --set category=raid", "map=first_name,last_name=title; set=category=raid"),
    ("expected another --encoding, or none", "expected another encoding, or none"),
    ("if -44 means 45 BC, use --years iso", "if -44 means 45 BC, use years=iso"),
    ("read the year alone with --first-days year", "read the year alone with first_days=year"),
    ("pass its encoding, such as --encoding mac-roman", "pass its encoding, such as encoding=mac-roman"),
    ("import with --title '{category} in {place}, {date}'", "import with title={category} in {place}, {date}"),
    ("--override category=raid, or --allow-rejects.", "override=category=raid, or allow_rejects=1."),
    ("--keep-identical imports each of them", "keep_identical=1 imports each of them"),
    ("a - b -- c", "a - b -- c"),
])  # fmt: skip
def test_options_become_parameters(message: str, expected: str) -> None:
    assert with_parameters(message) == expected
