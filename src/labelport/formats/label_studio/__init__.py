"""Label Studio JSON: the full export ("JSON"), one task or an array of them, with its configuration beside it or not.

What the modules say of what they read holds together so: `document` takes a file apart into tasks, `config` reads
labelling configurations among the inputs (XML, or JSON as the API gives it), `survey` looks at everything once for
classes and questions, `tasks` makes records, `labels` labels and `regions` annotations.

Counts: a region (all results of one id) is one annotation or track, a choice about the whole task is one too; relations
are none. `Counted` holds the regions of annotations; predictions and drafts are not counted, as nobody has answered
them. What is wrong with a task is one `Reject` with every fault; the task itself is lost only where it has no `data` or
cannot be written as a record.

https://labelstud.io/guide/export, https://labelstud.io/tags
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from labelport.errors import Fault, InvalidError, RequestError
from labelport.formats.label_studio.config import Config, from_json, from_xml
from labelport.formats.label_studio.document import config_of, opened
from labelport.formats.label_studio.encode import CARRIES, Options, documents, encode, number, once
from labelport.formats.label_studio.results import held
from labelport.formats.label_studio.survey import Plan, Survey
from labelport.formats.label_studio.tasks import take
from labelport.kit.format import Counted, Format, Input, Item, Reject, Unread, refused
from labelport.kit.native import foreign
from labelport.model.workflow import Member


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the ontology, then every task of every file as a record, with what could not be taken or was not read."""
    config = Config({}, {})
    files: list[Input] = []
    exports = 0
    for given in foreign(inputs):
        exports += given.path.lower().endswith(".json")
        try:
            yield from _sorted(given, config, files)
        except InvalidError as e:
            yield refused(given, e)
    if not exports:
        raise RequestError("no Label Studio export among the files: expected a .json file with tasks")
    survey = Survey(config)
    for file in files:
        for element in opened(file).elements():
            if element.task is not None:
                survey.see(element.task)
    plan = survey.plan()
    yield plan.ontology
    told: set[Member] = set()
    for file in files:
        yield from _records(file, plan, told)


def _sorted(given: Input, config: Config, files: list[Input]) -> Iterator[Item]:
    """Take up what a configuration says, or the file as one of tasks; raises `InvalidError` for a broken one."""
    match given.path.lower().rpartition(".")[2]:
        case "xml":
            yield from from_xml(given, config)
        case "json":
            found = config_of(opened(given))
            if found is None:
                files.append(given)
            else:
                from_json(found, config)
        case _:
            yield Unread(given.path, "$", 1)


def _records(file: Input, plan: Plan, told: set[Member]) -> Iterator[Item]:
    unread: Counter[str] = Counter()
    records = annotations = 0
    for element in opened(file).elements():
        records += 1
        if element.task is None:
            yield Reject(file.path, element.path, (Fault(element.path, element.reason),))
            continue
        annotations += held(element.task)
        taken = take(element.task, element.path, plan, unread)
        for member in taken.members:
            if member not in told:
                told.add(member)
                yield member
        if taken.record is not None:
            yield taken.record
        if taken.faults:
            yield Reject(file.path, taken.name, taken.faults, taken.lost, int(taken.record is None))
    for path, count in sorted(unread.items()):
        yield Unread(file.path, path, count)
    yield Counted(file.path, records, annotations)


FORMAT = Format(
    "Label Studio JSON",
    CARRIES,
    encode,
    documents,
    once,
    options=Options,
    decode=decode,
    holds={"tasks": "task"},
    number=number,
)
