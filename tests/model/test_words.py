"""The platforms' words: each means something here, each task has at most one, and both ways agree."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.client.workspace import Project
from labelport.errors import NotFoundError
from labelport.model import acts
from labelport.model.ready import READY
from labelport.model.stages import faults
from labelport.model.words import WORDS, selections_of, word_of
from labelport.model.workflow import Workflow
from tests.spaces import Space, record

STAGES = READY["labellerr"]
LABELLERR = [
    "None",
    "assigned",
    "skipped",
    "critical",
    "review",
    "r_assigned",
    "r_skipped",
    "r_critical",
    "rejected",
    "client_review",
    "cr_assigned",
    "cr_skipped",
    "cr_critical",
    "client_rejected",
    "accepted",
]
STEPS = ("start", "save", "submit", "accept", "reject", "skip", "assign", "unassign")
ACTS: dict[str, acts.Work | acts.Lead] = {
    "start": acts.Start(),
    "save": acts.Save(),
    "submit": acts.Submit(),
    "accept": acts.Accept(),
    "reject": acts.Reject("wrong"),
    "skip": acts.Skip(),
    "assign": acts.Assign(("tester",)),
    "unassign": acts.Unassign(),
}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Space:
    return Space(tmp_path_factory.mktemp("words"))


def lived(space: Space, histories: list[list[str]]) -> Project:
    """Return a project whose tasks went through these histories, as far as they are legal."""
    project = space.work.create_project(space.app.new_id())
    project.set_stages(STAGES)
    project.save([record(i) for i in range(len(histories))])
    for i, history in enumerate(histories):
        for name in history:
            act = ACTS[name]
            if name in project.acts(f"t{i}").acts:
                project.lead(f"t{i}", act) if isinstance(act, acts.Lead) else project.work(f"t{i}", act)
    return project


@settings(max_examples=15, deadline=None)
@given(histories=st.lists(st.lists(st.sampled_from(STEPS), max_size=9), min_size=3, max_size=6))
def test_a_word_selects_the_tasks_that_it_is_the_word_of(space: Space, histories: list[list[str]]) -> None:
    project = lived(space, histories)
    flows = {task["id"]: task.get("workflow", {}) for task in project.export.export_tasks()}

    for vendor, words in WORDS.items():
        told = {
            id_: word.word
            for id_, flow in flows.items()
            if (word := word_of(vendor, STAGES, msgspec.convert(flow, Workflow)))
        }
        for text in {word.word for word in words}:
            found = [task.id for one in selections_of(vendor, text, STAGES) for task in project.tasks(one)]
            assert sorted(found) == sorted(id_ for id_, word in told.items() if word == text), (vendor, text)


def test_labellerr_has_all_of_its_fifteen_words() -> None:
    assert list(dict.fromkeys(word.word for word in WORDS["labellerr"])) == LABELLERR


@pytest.mark.parametrize(
    ("history", "word"),
    [
        ("", "None"),
        ("assign", "assigned"),
        ("start", "assigned"),
        ("skip", "skipped"),
        ("skip skip", "critical"),
        ("submit", "review"),
        ("submit start", "r_assigned"),
        ("submit assign", "r_assigned"),
        ("submit skip", "r_skipped"),
        ("submit skip skip", "r_critical"),
        ("submit reject", "rejected"),
        ("submit reject start", "assigned"),
        ("submit accept", "client_review"),
        ("submit accept start", "cr_assigned"),
        ("submit accept skip", "cr_skipped"),
        ("submit accept skip skip", "cr_critical"),
        ("submit accept reject", "client_rejected"),
        ("submit accept accept", "accepted"),
    ],
)
def test_each_of_labellerr_s_words_is_come_to(space: Space, history: str, word: str) -> None:
    project = lived(space, [history.split()])
    found = [text for text in LABELLERR for one in selections_of("labellerr", text, STAGES) if list(project.tasks(one))]
    assert found == [word]


@pytest.mark.parametrize("name", sorted(READY))
def test_a_ready_made_workflow_has_no_faults(name: str) -> None:
    assert list(faults(READY[name])) == []


def test_a_word_that_nobody_uses_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="no status of labellerr named 'acepted'; did you mean 'accepted'"):
        selections_of("labellerr", "acepted", STAGES)
