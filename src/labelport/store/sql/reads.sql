-- name: log_head
SELECT number, size, frontier FROM log WHERE log = :log

-- name: logs
SELECT log FROM log ORDER BY log

-- name: new_log
SELECT coalesce(max(log), 0) + 1 FROM log

-- name: project_by
SELECT log, id, name FROM project WHERE id = :key OR name = :key ORDER BY id = :key DESC LIMIT 1

-- name: project_of_log
SELECT log, id, name FROM project WHERE log = :log

-- name: projects
SELECT p.log, p.id, p.name, l.number FROM project p JOIN log l ON l.log = p.log ORDER BY p.log

-- name: project_counts
SELECT count(*), count(CASE WHEN state = 'labelled' THEN 1 END), count(CASE WHEN state = 'empty' THEN 1 END)
FROM task_version WHERE log = :log AND since <= :cut AND until > :cut

-- name: counters
SELECT next_task, next_annotation, next_class, next_block FROM project WHERE log = :log

-- name: task_by_id
SELECT task, events, leaf FROM task WHERE log = :log AND id = :id

-- name: task_by_number
SELECT id, events, leaf FROM task WHERE log = :log AND task = :task

-- name: path_owner
SELECT task FROM path WHERE log = :log AND clash = :clash

-- name: newest_task_version
SELECT since, until, id, name, path, uri, width, height, asset, external_id, global_key, stage, status, batch,
    state, open_issues, active_at, completed_at, people, keys, identity, standing,
    asset_block, metadata_block, attachments_block, embeddings_block, predictions_block, issues_block, history_block,
    extra_block
FROM task_version WHERE log = :log AND task = :task ORDER BY since DESC LIMIT 1

-- name: newest_label_versions
SELECT v.label, v.since, v.until, v.id, v.author, v.source, v.final, v.created_at, v.annotations, v.kinds, v.classes,
    v.head, v.details, v.body_block, v.stamps_block
FROM label_version v
WHERE v.log = :log AND v.task = :task AND NOT EXISTS (
    SELECT 1 FROM label_version n
    WHERE n.log = v.log AND n.task = v.task AND n.label = v.label AND n.since > v.since
)
ORDER BY v.label

-- name: block
SELECT salt, hash, bytes FROM block WHERE block = :block

-- name: named_at
SELECT key, data FROM named WHERE log = :log AND kind = :kind AND since <= :cut AND until > :cut ORDER BY key

-- name: tasks_of_asset
SELECT v.log, v.task FROM task_version v WHERE v.asset = :asset AND v.until = :open ORDER BY v.log, v.task

-- name: tasks_of_class
SELECT DISTINCT l.task FROM label_version l
WHERE l.log = :log AND l.until = :open AND EXISTS (SELECT 1 FROM {each_class} c WHERE c.value = :class)

-- name: tasks_of_batch
SELECT task FROM task_version WHERE log = :log AND until = :open AND batch = :batch

-- name: plan
-- How many selected tasks each run of :size task numbers holds.
SELECT (t.task - 1) / :size AS run, count(*)
FROM task_version t
WHERE t.log = :log AND t.since <= :cut AND t.until > :cut AND {where}
GROUP BY run ORDER BY run

-- name: held
-- How many annotations and tracks the selected labels hold.
SELECT coalesce(sum(l.annotations), 0)
FROM task_version t
JOIN label_version l ON l.log = t.log AND l.task = t.task AND l.since <= :cut AND l.until > :cut AND {label}
WHERE t.log = :log AND t.since <= :cut AND t.until > :cut AND {where}

-- name: holds
-- What the selected labels hold, for the forecast.
SELECT l.kinds, count(*), sum(l.annotations)
FROM task_version t
JOIN label_version l ON l.log = t.log AND l.task = t.task AND l.since <= :cut AND l.until > :cut AND {label}
WHERE t.log = :log AND t.since <= :cut AND t.until > :cut AND {where}
GROUP BY l.kinds ORDER BY l.kinds

-- name: rows
-- Every selected task of a run of numbers as it was at :cut, a row for each of its selected labels; {blocks} last.
-- One version of a task holds; `since` is in the order so that the keys give it and nothing is sorted.
SELECT t.task, t.id, t.name, t.path, t.uri, t.width, t.height, t.external_id, t.state, t.keys, t.identity, t.standing,
    l.label, l.annotations, l.kinds, l.head, l.details, {blocks}
FROM task_version t
LEFT JOIN label_version l ON l.log = t.log AND l.task = t.task AND l.since <= :cut AND l.until > :cut AND {label}
WHERE t.log = :log AND t.task > :after AND t.task <= :last AND t.since <= :cut AND t.until > :cut AND {where}
ORDER BY t.task, t.since, l.label

-- name: blocks_between
SELECT block, bytes FROM block WHERE block >= :first AND block <= :last

-- name: blocks_among
SELECT block, bytes FROM block WHERE block IN ({wanted})

-- name: fragments_between
SELECT body_block, asset_block, bytes FROM fragment
WHERE body_block >= :first AND body_block <= :last AND format = :format AND version = :version

-- name: fragments_among
SELECT body_block, asset_block, bytes FROM fragment
WHERE body_block IN ({wanted}) AND format = :format AND version = :version

-- name: tombstones
-- Tasks selected at :base and no longer at :cut.
SELECT t.task, t.id, t.path
FROM task_version t
WHERE t.log = :log AND t.task > :after AND t.since <= :base AND t.until > :base AND {where_base}
    AND t.task IN (SELECT c.task FROM change c WHERE c.log = :log AND c.number > :base AND c.number <= :cut)
    AND NOT EXISTS (
        SELECT 1 FROM task_version n
        WHERE n.log = t.log AND n.task = t.task AND n.since <= :cut AND n.until > :cut AND {where_cut}
    )
ORDER BY t.task LIMIT :limit

-- name: tasks
SELECT t.task, t.id, t.name, t.path, t.stage, t.status, t.batch, t.state, t.external_id, t.global_key, t.open_issues
FROM task_version t
WHERE t.log = :log AND t.task > :after AND t.since <= :cut AND t.until > :cut AND {where}
ORDER BY t.task LIMIT :limit

-- name: changed_between
SELECT count(DISTINCT task) FROM change WHERE log = :log AND number > :base AND number <= :cut

-- name: number_at
SELECT coalesce(max(number), 0) FROM event WHERE log = :log AND at < :moment

-- name: export
SELECT id, log, created_at, finished_at, actor, status, request, destination, base, cut, root, size, result
FROM export WHERE id = :id

-- name: exports
SELECT id, log, created_at, finished_at, actor, status, request, destination, base, cut, root, size, result
FROM export WHERE (:log IS NULL OR log = :log) AND (:after IS NULL OR id < :after) ORDER BY id DESC LIMIT :limit

-- name: last_export
SELECT id, cut FROM export WHERE log = :log AND recall = :recall AND status IN ('done', 'done_with_skips')
ORDER BY created_at DESC, id DESC LIMIT 1

-- name: export_of_cut
SELECT id, log, cut FROM export WHERE id = :id

-- name: events
SELECT position, number, ordinal, at, actor, kind, task, task_seq, previous, content, data, leaf
FROM event WHERE log = :log AND position >= :after ORDER BY position

-- name: leaves
SELECT leaf FROM event WHERE log = :log AND position < :size ORDER BY position

-- name: events_of_task
SELECT position, number, ordinal, at, actor, kind, task, task_seq, previous, content, data, leaf
FROM event WHERE log = :log AND task = :task ORDER BY task_seq

-- name: events_at
SELECT count(*) FROM event WHERE log = :log AND number <= :number

-- name: blocks_of_task
-- Every block that a version of the task, or of one of its labels, names.
SELECT b.block FROM block b WHERE b.bytes IS NOT NULL AND b.block IN (
    SELECT asset_block FROM task_version WHERE log = :log AND task = :task
    UNION SELECT metadata_block FROM task_version WHERE log = :log AND task = :task
    UNION SELECT attachments_block FROM task_version WHERE log = :log AND task = :task
    UNION SELECT embeddings_block FROM task_version WHERE log = :log AND task = :task
    UNION SELECT predictions_block FROM task_version WHERE log = :log AND task = :task
    UNION SELECT issues_block FROM task_version WHERE log = :log AND task = :task
    UNION SELECT history_block FROM task_version WHERE log = :log AND task = :task
    UNION SELECT extra_block FROM task_version WHERE log = :log AND task = :task
    UNION SELECT body_block FROM label_version WHERE log = :log AND task = :task
    UNION SELECT stamps_block FROM label_version WHERE log = :log AND task = :task
)
ORDER BY b.block

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

-- name: spans_of_task
SELECT since, until FROM task_version WHERE log = :log AND task = :task ORDER BY since

-- name: versions_without_event
-- Versions that no event tells of.
SELECT t.task, t.id, t.since FROM task_version t
WHERE t.log = :log AND NOT EXISTS (
    SELECT 1 FROM event e WHERE e.log = t.log AND e.task = t.task AND e.number = t.since AND e.content IS NOT NULL
)
ORDER BY t.task, t.since

-- name: labels_without_event
SELECT l.task, l.id, l.since FROM label_version l
WHERE l.log = :log AND (
    NOT EXISTS (SELECT 1 FROM event e WHERE e.log = l.log AND e.task = l.task AND e.number = l.since)
    OR (l.until < :open AND NOT EXISTS (
        SELECT 1 FROM event e WHERE e.log = l.log AND e.task = l.task AND e.number = l.until
    ))
)
ORDER BY l.task, l.since

-- name: names_without_event
SELECT n.kind, n.key, n.since FROM named n
WHERE n.log = :log AND (
    NOT EXISTS (SELECT 1 FROM event e WHERE e.log = n.log AND e.number = n.since AND e.content IS NOT NULL)
    OR (n.until < :open AND NOT EXISTS (
        SELECT 1 FROM named m WHERE m.log = n.log AND m.kind = n.kind AND m.key = n.key AND m.since = n.until
    ))
)
ORDER BY n.kind, n.key, n.since

-- name: name_version
SELECT data FROM named WHERE log = :log AND kind = :kind AND key = :key AND since = :number

-- name: blocks_from
SELECT block, salt, hash, bytes FROM block WHERE block > :after ORDER BY block LIMIT :limit

-- name: task_of_block
SELECT log, id, since FROM task_version
WHERE :block IN (asset_block, metadata_block, attachments_block, embeddings_block, predictions_block, issues_block,
    history_block, extra_block)
UNION ALL
SELECT t.log, t.id, l.since FROM label_version l JOIN task_version t ON t.log = l.log AND t.task = l.task
WHERE :block IN (l.body_block, l.stamps_block)
LIMIT 1

-- name: tasks_astray
-- Tasks whose row says other than their last event.
SELECT t.task, t.id FROM task t WHERE t.log = :log AND NOT EXISTS (
    SELECT 1 FROM event e WHERE e.log = t.log AND e.task = t.task AND e.task_seq = t.events AND e.leaf = t.leaf
)
ORDER BY t.task

-- name: change_gaps
-- Events of tasks that the change index does not know.
SELECT e.task, e.number FROM event e
WHERE e.log = :log AND e.task IS NOT NULL AND e.kind <> 'task.erased' AND NOT EXISTS (
    SELECT 1 FROM change c WHERE c.log = e.log AND c.number = e.number AND c.task = e.task
)
ORDER BY e.position

-- name: event_of_task
SELECT leaf FROM event WHERE log = :log AND task = :task AND task_seq = :seq

-- name: next_event
SELECT min(number) FROM event
WHERE log = :log AND task = :task AND number > :number AND kind <> 'task.erased'

-- name: block_hash
SELECT hash FROM block WHERE block = :block

-- name: later_event
-- A later event of the same change on the same named thing, which wrote over this one.
SELECT position FROM event
WHERE log = :log AND position > :position AND number = :number AND data = :data AND content IS NOT NULL LIMIT 1
