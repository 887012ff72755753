"""Projects and their tasks, looked at."""

from labelport.api import CreateProject, FindProject, GetProject, ListTasks, Nothing, Page, Project, ProjectName, Task
from labelport.app.context import App
from labelport.store import listing, names
from labelport.store.heads import head_at


def create(app: App, ask: CreateProject) -> Project:
    """Make a project; raises `ConflictError` where the name is taken."""
    made = app.store.create_project(app.new_id(), ask.name, actor=app.actor, at=app.now())
    return get(app, GetProject(made.id))


def find(app: App, ask: FindProject) -> ProjectName:
    """Return which project a name or an id means, whatever its size; raises `NotFoundError`."""
    found = app.store.project(ask.project)
    return ProjectName(found.id, found.name)


def get(app: App, ask: GetProject) -> Project:
    """Return a project as it stood at a change number."""
    db, found = app.store.db, app.store.project(ask.project)
    cut = head_at(db, found.log, ask.at).number
    row = db.row("project_counts", {"log": found.log, "cut": cut}) or (0, 0, 0)
    return Project(
        id=found.id,
        name=found.name,
        number=cut,
        tasks=row[0],
        labelled=row[1],
        empty=row[2],
        classes=names.classes(db, found.log, cut),
        batches=names.batches(db, found.log, cut),
    )


def page(app: App, ask: Nothing) -> Page[Project]:
    """Return all projects."""
    del ask
    return Page(tuple(get(app, GetProject(row[1])) for row in app.store.db.rows("projects")))


def tasks(app: App, ask: ListTasks) -> Page[Task]:
    """Return tasks in order of their numbers."""
    db, found = app.store.db, app.store.project(ask.project)
    after = int(ask.after or 0)
    rows = listing.tasks(db, found.log, ask.selection, at=ask.at, after=after, limit=ask.limit)
    return Page(tuple(Task(*row) for row in rows), str(rows[-1][0]) if len(rows) == ask.limit else None)
