-- What the audit reads: the log in order, and whatever else is stored, to be held against it.

-- name: events
SELECT position, number, ordinal, at, actor, kind, task, task_seq, previous, content, data, leaf
FROM event WHERE log = :log ORDER BY position

-- name: times
SELECT number, at, leaf FROM event WHERE log = :log ORDER BY position

-- name: heads_beyond
SELECT number FROM head WHERE log = :log AND (number < 1 OR number > :last) ORDER BY number

-- name: event_of_task
SELECT leaf FROM event WHERE log = :log AND task = :task AND task_seq = :seq

-- name: next_event
SELECT min(number) FROM event
WHERE log = :log AND task = :task AND number > :number AND kind NOT IN ('task.erased', 'task.worked')

-- name: was_erased
SELECT count(*) FROM event WHERE log = :log AND task = :task AND kind = 'task.erased'

-- name: erased_tasks
SELECT task FROM event WHERE log = :log AND kind = 'task.erased' ORDER BY position

-- name: erasure
-- The newest erasure of a task after a change number.
SELECT data FROM event
WHERE log = :log AND task = :task AND kind = 'task.erased' AND number > :number ORDER BY task_seq DESC LIMIT 1

-- name: version_of
SELECT since, until, id, name, path, uri, width, height, asset, external_id, global_key, stage, status, batch,
    state, open_issues, active_at, completed_at, people, keys, identity, standing,
    asset_block, metadata_block, attachments_block, embeddings_block, predictions_block, issues_block, history_block,
    extra_block
FROM task_version WHERE log = :log AND task = :task AND since = :number

-- name: labels_of
SELECT v.label, v.since, v.until, v.id, v.author, v.source, v.final, v.created_at, v.annotations, v.kinds, v.classes,
    v.head, v.details, v.body_block, v.stamps_block
FROM label_version v
WHERE v.log = :log AND v.task = :task AND v.since <= :number AND v.until > :number
ORDER BY v.label

-- name: block_hash
SELECT hash FROM block WHERE block = :block

-- name: versions_without_event
-- Versions that no event tells of.
SELECT t.task, t.id, t.since FROM task_version t
WHERE t.log = :log AND NOT EXISTS (
    SELECT 1 FROM event e WHERE e.log = t.log AND e.task = t.task AND e.number = t.since AND e.content IS NOT NULL
)
ORDER BY t.task, t.since

-- name: labels_astray
-- Label versions that begin or end with no change of their task, or go on where it was deleted.
SELECT l.task, l.id, l.since FROM label_version l
WHERE l.log = :log AND (
    l.since >= l.until
    OR NOT EXISTS (
        SELECT 1 FROM event e
        WHERE e.log = l.log AND e.task = l.task AND e.number = l.since AND e.content IS NOT NULL
    )
    OR (l.until <> :open AND NOT EXISTS (
        SELECT 1 FROM event e WHERE e.log = l.log AND e.task = l.task AND e.number = l.until
    ))
    OR EXISTS (
        SELECT 1 FROM event e
        WHERE e.log = l.log AND e.task = l.task AND e.kind = 'task.deleted' AND e.number > l.since AND e.number < l.until
    )
)
ORDER BY l.task, l.label, l.since

-- name: names
SELECT kind, key, since, until, data FROM named WHERE log = :log ORDER BY kind, key, since

-- name: tasks_astray
-- Tasks whose row says other than their last event.
SELECT t.task, t.id FROM task t WHERE t.log = :log AND NOT EXISTS (
    SELECT 1 FROM event e WHERE e.log = t.log AND e.task = t.task AND e.task_seq = t.events AND e.leaf = t.leaf
)
ORDER BY t.task

-- name: last_block
SELECT coalesce(max(block), 0) FROM block WHERE block >= :first AND block < :beyond

-- name: paths
SELECT clash, task FROM path WHERE log = :log ORDER BY clash

-- name: paths_of_versions
SELECT DISTINCT task, id, path FROM task_version WHERE log = :log ORDER BY task, id, path

-- name: paths_of_task
SELECT DISTINCT path FROM task_version WHERE log = :log AND task = :task ORDER BY path

-- name: change_gaps
-- Events of tasks that the change index does not know.
SELECT e.task, e.number FROM event e
WHERE e.log = :log AND e.task IS NOT NULL AND e.kind NOT IN ('task.erased', 'task.worked') AND NOT EXISTS (
    SELECT 1 FROM change c WHERE c.log = e.log AND c.number = e.number AND c.task = e.task
)
ORDER BY e.position

-- name: changes_without_event
SELECT c.number, c.task FROM change c
WHERE c.log = :log AND NOT EXISTS (
    SELECT 1 FROM event e
    WHERE e.log = c.log AND e.task = c.task AND e.number = c.number AND e.kind NOT IN ('task.erased', 'task.worked')
)
ORDER BY c.number, c.task

-- name: classes_at
-- The classes of every label that held at a change number.
SELECT task, classes FROM label_version
WHERE log = :log AND since <= :number AND until > :number ORDER BY task, label

-- name: known_change
SELECT task FROM change WHERE log = :log AND number = :number AND task = :task

-- name: strays
-- Logs of which rows are there, but not the log.
SELECT log FROM event UNION SELECT log FROM change UNION SELECT log FROM task UNION SELECT log FROM path
UNION SELECT log FROM task_version UNION SELECT log FROM label_version UNION SELECT log FROM named
UNION SELECT log FROM export UNION SELECT log FROM project UNION SELECT log FROM head
EXCEPT SELECT log FROM log
ORDER BY log

-- name: logs
SELECT log FROM log ORDER BY log

-- name: export_rows
SELECT id, log, created_at, actor, request, recall, destination, base, cut, root, size, status, finished_at, result
FROM export ORDER BY id

-- name: blocks_from
SELECT block, salt, hash, bytes FROM block WHERE block > :after ORDER BY block LIMIT :limit

-- name: pointers_of_versions
SELECT asset_block, metadata_block, attachments_block, embeddings_block, predictions_block, issues_block, history_block,
    extra_block
FROM task_version

-- name: pointers_of_labels
SELECT body_block, stamps_block FROM label_version

-- name: owners_by_versions
SELECT t.log, t.task, t.id, t.since, t.asset_block, t.metadata_block, t.attachments_block, t.embeddings_block,
    t.predictions_block, t.issues_block, t.history_block, t.extra_block
FROM task_version t ORDER BY t.log, t.task, t.since

-- name: owners_by_labels
SELECT l.log, l.task, k.id, l.since, l.body_block, l.stamps_block
FROM label_version l JOIN task k ON k.log = l.log AND k.task = l.task
ORDER BY l.log, l.task, l.label, l.since

-- name: sources_of_fragments
-- Every label with what its fragments were made of, as it stood in each version of its task.
SELECT t.log, t.id, l.since, l.body_block, t.asset_block, t.identity, a.bytes, t.standing, l.head, b.bytes
FROM label_version l
JOIN task_version t ON t.log = l.log AND t.task = l.task AND t.since < l.until AND t.until > l.since
JOIN block a ON a.block = t.asset_block
JOIN block b ON b.block = l.body_block
ORDER BY l.log, l.task, l.label, l.since, t.since

-- name: fragments_of
SELECT fragment, format, version, bytes FROM fragment
WHERE body_block = :body AND asset_block = :asset ORDER BY format, version

-- name: fragment_ids
SELECT fragment, format FROM fragment ORDER BY fragment
