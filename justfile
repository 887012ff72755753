# What one can do here; `just` lists it.
set positional-arguments

default:
    @just --list

# Every test, in parallel
test *args:
    uv run --all-extras pytest -n auto "$@"

# The long tests: laws with many more examples, crashes at many more points
campaign *args:
    uv run --all-extras pytest -n auto -m campaign "$@"

# Style, types, architecture, generated pages
lint:
    uv run --all-extras ruff check
    uv run --all-extras ruff format --check
    uv run --all-extras mypy
    uv run --all-extras lint-imports

# All that must be green before a commit
check: lint test

# Rewrite the golden files; read the diff before you commit it
golden:
    uv run --all-extras pytest -q tests --golden=write

# Rewrite the generated pages and pictures of the docs
generate:
    uv run --all-extras python -m docs.generate

# The table of measurements (long; makes its own environments)
bench *args:
    uv run --all-extras python bench/table.py "$@"
