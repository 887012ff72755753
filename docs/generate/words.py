"""The page of the platforms' words: what each means here, and the workflows that are ready-made."""

from docs.generate.markdown import code, page, table

from labelport.model.ready import READY
from labelport.model.words import KINDS, VERDICTS, WORDS, Word

NAMES = {"labellerr": "Labellerr", "labelbox": "Labelbox", "redbrick": "RedBrick", "ango": "Ango Hub"}
PLACES = {
    "label": "labelling",
    "review": "first review",
    "client": "later reviews",
    "complete": "complete",
    "archived": "archived",
}


def words_page() -> str:
    """Return the page."""
    return page(
        "The platforms' words",
        "What the hosted platforms call where a task is, in terms of a [workflow](../explanation/workflow.md) here. "
        "`labelport.model.words.word_of` gives a word, `selections_of` the [selections](selection.md) that a word "
        "means; each task of a word meets exactly one of them.",
        *(f"## {NAMES[vendor]}\n\n{_words(words)}" for vendor, words in WORDS.items()),
        "## Findings of a review\n\n"
        + table(
            ("here", *(NAMES[vendor] for vendor in VERDICTS)),
            [
                (code(verdict), *(code(words[verdict]) for words in VERDICTS.values()))
                for verdict in next(iter(VERDICTS.values()))
            ],
        ),
        "## Kinds of stages\n\n"
        + table(
            ("platform", "there", "here"),
            [
                (NAMES[vendor], code(theirs), code(ours))
                for vendor, kinds in KINDS.items()
                for theirs, ours in kinds.items()
            ],
        ),
        "Ango's Start, Logic and Hold are no stages here: tasks begin in the first one, and wait in any.",
        "## Ready-made workflows\n\n`labelport.model.ready.READY` has workflows with these stages, by name.\n\n"
        + table(("name", "stages"), [(code(name), _stages(name)) for name in READY]),
    )


def _words(words: tuple[Word, ...]) -> str:
    rows = [
        (
            code(one.word),
            one.shown,
            ", ".join(PLACES[at] for at in one.at),
            ", ".join(map(code, one.statuses)),
            _more(one),
        )
        for one in words
    ]
    return table(("word", "shown as", "at", "status", "and"), rows)


def _more(word: Word) -> str:
    said = []
    if word.held is not None:
        said.append("somebody holds it" if word.held else "nobody holds it")
    if word.draft is not None:
        said.append("work was saved" if word.draft else "nothing was saved yet")
    if word.back_from is not None:
        said.append(f"sent back from the {PLACES[word.back_from]}")
    return ", ".join(said) or "-"


def _stages(name: str) -> str:
    return ", ".join(f"{code(stage.name)} ({stage.kind})" for stage in READY[name].stages)
