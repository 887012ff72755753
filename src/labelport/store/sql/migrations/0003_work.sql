CREATE INDEX task_version_at_work ON task_version (log, stage, status, task) WHERE until = 4611686018427387904;

CREATE INDEX event_handed_in ON event (log, at) WHERE kind IN (
    'task.submitted', 'task.accepted', 'task.corrected', 'task.rejected', 'task.moved'
);
