"""Name the parameters of `POST /imports` in messages that name options of the command line."""

import re
import shlex

from timeline.imports.options import VALUE_OPTIONS

# An option, and the word after it, which may be quoted as in a shell.
_OPTION = re.compile(r"--([a-z][a-z-]*)(?:[ =]('(?:[^']|'\"'\"')*'|[^\s;)]+))?")
_ASSIGNMENTS = ("map", "set", "override")
_END_OF_CLAUSE = ".,:?"
_WORDS = frozenset(("for", "or", "and", "if", "takes", "imports", "only", "in", "to", "is", "reads"))


def with_parameters(text: str) -> str:
    """Return a message with parameters in place of options: `--map 'Day=date'` is `map=Day=date`.

    An option without a value is a parameter that is 1: `--undated` is `undated=1`.
    """
    return _OPTION.sub(_parameter, text)


def _parameter(match: re.Match[str]) -> str:
    option, word = match.groups()
    name = option.replace("-", "_")
    if name not in VALUE_OPTIONS:
        return f"{name}=1{match[0][len(option) + 2 :]}"
    if word is None:
        return name
    value = word.rstrip(_END_OF_CLAUSE)
    end = word[len(value) :]
    is_value = "=" in value if name in _ASSIGNMENTS else value not in _WORDS
    if not is_value:
        return f"{name} {word}"
    if value.startswith("'"):
        value = shlex.split(value)[0]
    return f"{name}={value}{end}"
