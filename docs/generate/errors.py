"""The page of the errors, from their classes."""

import inspect
from collections.abc import Iterator

from docs.generate.cli import EXIT_CODES
from docs.generate.markdown import block, code, page, table

from labelport import errors
from labelport.errors import LabelportError


def error_classes() -> Iterator[type[LabelportError]]:
    """Yield the classes from the root downwards, as the tree in the module draws them."""
    waiting: list[type[LabelportError]] = [LabelportError]
    while waiting:
        found = waiting.pop(0)
        yield found
        waiting = [one for one in found.__subclasses__() if one.__module__ == errors.__name__] + waiting


def tree() -> str:
    """Return the tree that the module's docstring draws."""
    return inspect.cleandoc(errors.__doc__ or "").partition("\n\n")[2]


def errors_page() -> str:
    """Return the page."""
    rows = [
        (code(one.__name__), (one.__doc__ or "").partition("\n")[0], _standard(one), str(one.exit), str(one.http))
        for one in error_classes()
    ]
    return page(
        "Errors",
        "Every error is a `labelport.LabelportError`. Its message says what failed, why, and what to do. Where Python "
        "has an error of its own for it, ours is one of those too, so that `except ValueError` works. Only "
        "`TransientError` is ever tried again.",
        block("text", tree(), "the tree as the module draws it"),
        table(("error", "meaning", "is also", "exit code", "HTTP status"), rows),
        "`InvalidError` has `faults`: everything that is wrong with the value, each with its path (such as "
        "`$.labels[0].annotations[3].geometry`) and its reason.",
        "## Exit codes of the command line\n\n" + table(("code", "meaning"), EXIT_CODES),
        "With `--json` an error is an event on the standard error:",
        block(
            "json",
            '{"event":"error","error":"NotFoundError","message":"no class named ...","exit":2,"faults":[]}',
            "the shape of an event",
        ),
    )


def _standard(kind: type[LabelportError]) -> str:
    """Return the errors of Python that a class is one of, the nearest first."""
    ours = set(error_classes())
    bases = [base for base in kind.__mro__[1:] if base not in ours and issubclass(base, Exception)]
    nearest = [base for base in bases if not any(issubclass(other, base) for other in bases if other is not base)]
    return ", ".join(code(base.__name__) for base in nearest if base is not Exception)
