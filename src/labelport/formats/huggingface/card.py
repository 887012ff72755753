"""The Croissant 1.1 card, with the fields of its responsible-AI vocabulary filled from the rows.

https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html and croissant-rai-spec.html (1.0).
"""

from typing import Any

import msgspec

from labelport.formats.huggingface.features import FILE, croissant
from labelport.formats.huggingface.rows import TaskRow
from labelport.formats.huggingface.survey import Survey
from labelport.kit.format import Made

CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{
        name: f"cr:{name}"
        for name in (
            *(
                "arrayShape",
                "citeAs",
                "column",
                "containedIn",
                "equivalentProperty",
                "extract",
                "field",
                "fileProperty",
            ),
            *("fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
            *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
            *("separator", "source", "subField", "transform"),
        )
    },
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "description": {"@container": "@language"},
    "name": {"@container": "@language"},
}
"""The terms of the specification, as it wants them repeated."""
CONFORMS = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only a person can say of a data set; what is not said is absent."""

    name: str = "annotations"
    description: str = "Annotations exported by Labelport."
    url: str | None = None
    license: str | None = None
    date_published: str | None = None
    version: str | None = None
    cite_as: str | None = None


def card(about: About, file: Made, found: Survey, row: type[TaskRow]) -> bytes:
    """Return the card of the rows in a file."""
    said = {
        "url": about.url,
        "license": about.license,
        "datePublished": about.date_published,
        "version": about.version,
        "citeAs": about.cite_as,
    }
    document = {
        "@context": dict(sorted(CONTEXT.items())),
        "@type": "sc:Dataset",
        "name": about.name,
        "description": about.description,
        "conformsTo": list(CONFORMS),
        **{name: value for name, value in said.items() if value is not None},
        **_responsible(found),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": FILE,
                "name": FILE,
                "contentUrl": FILE,
                "contentSize": f"{file.size} B",
                "encodingFormat": "application/jsonlines",
                "sha256": file.sha256,
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "tasks",
                "name": "tasks",
                "key": {"@id": "tasks/task_number"},
                "field": croissant(row),
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _responsible(found: Survey) -> dict[str, Any]:
    """Return the fields of the responsible-AI vocabulary that the rows answer."""
    people = len(found.annotators)
    made = {
        "rai:dataAnnotationPlatform": ["Labelport"],
        "rai:annotationsPerItem": _per_item(found),
        "rai:annotatorDemographics": [
            f"{people} annotators, known by id; labels of each: {_listed(found.annotators) or 'none'}"
        ],
        "rai:dataAnnotationProtocol": [
            f"labels by source: {_listed(found.sources) or 'none'}; objects by kind: {_listed(found.kinds) or 'none'}"
        ],
        "rai:dataAnnotationAnalysis": [_agreement(found)],
        "rai:dataBiases": [f"objects by class: {_listed(found.classes) or 'none'}"],
        "rai:dataCollectionMissingData": f"tasks by state: {_listed(found.states) or 'none'}",
    }
    if found.sources["model"]:
        made["rai:machineAnnotationTools"] = [f"models made {found.sources['model']} labels"]
    return made


def _per_item(found: Survey) -> str:
    labels = sum(count * tasks for count, tasks in found.labels.items())
    spread = _listed({str(count): tasks for count, tasks in sorted(found.labels.items())})
    mean = labels / found.tasks if found.tasks else 0.0
    return f"{mean:.2f} labels for each of {found.tasks} tasks (tasks by number of labels: {spread or 'none'})"


def _agreement(found: Survey) -> str:
    if found.agreement is None:
        return "agreement is not known: no task has several labels here"
    return (
        f"mean agreement {found.agreement:.3f} over {found.pairs} pairs of labels of one task"
        " (Jaccard index of their classes, counted)"
    )


def _listed(counts: dict[str, int]) -> str:
    """Return counts, the largest first."""
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))
