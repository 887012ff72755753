-- name: log_head
SELECT number, size, frontier FROM log WHERE log = :log

-- name: new_log
SELECT coalesce(max(log), 0) + 1 FROM log

-- name: project_by
SELECT log, id, name FROM project WHERE id = :key OR name = :key ORDER BY id = :key DESC, log LIMIT 1

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

-- name: last_task
SELECT coalesce(max(task), 0) FROM task WHERE log = :log

-- name: selected
-- How many tasks of a run of numbers are selected; a run at a time, since grouping them would take memory for each.
SELECT count(*) FROM task_version t
WHERE t.log = :log AND t.task > :after AND t.task <= :last AND t.since <= :cut AND t.until > :cut AND {where}

-- name: changed
SELECT task FROM change WHERE log = :log AND number > :base AND number <= :cut

-- name: held
-- How many annotations and tracks the selected labels hold.
SELECT coalesce(sum(l.annotations), 0)
FROM task_version t
JOIN label_version l ON l.log = t.log AND l.task = t.task AND l.since <= :cut AND l.until > :cut AND {label}
WHERE t.log = :log AND t.since <= :cut AND t.until > :cut AND {where}

-- name: holds
-- What the selected labels hold, for the forecast; {classes} is that column where the request maps classes.
SELECT l.kinds, {classes}, count(*), sum(l.annotations)
FROM task_version t
JOIN label_version l ON l.log = t.log AND l.task = t.task AND l.since <= :cut AND l.until > :cut AND {label}
WHERE t.log = :log AND t.since <= :cut AND t.until > :cut AND {where}
GROUP BY 1, 2 ORDER BY 1, 2

-- name: rows
-- Every selected task of a run of numbers as it was at :cut, a row for each of its selected labels; {blocks} last.
-- One version of a task holds; `since` is in the order so that the keys give it and nothing is sorted.
SELECT t.task, t.id, t.name, t.path, t.uri, t.width, t.height, t.external_id, t.state, t.keys, t.identity, t.standing,
    l.label, l.annotations, l.kinds, l.head, l.details, l.classes, {blocks}
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

-- name: tasks_at_work
-- Those of one status at one stage, as they stand now: the index has them in order, however few they are.
SELECT t.task, t.id, t.name, t.path, t.stage, t.status, t.batch, t.state, t.external_id, t.global_key, t.open_issues
FROM task_version t
WHERE t.log = :log AND t.stage = :stage AND t.status = :status AND t.task > :after AND t.until = 4611686018427387904
    AND {where}
ORDER BY t.task LIMIT :limit

-- name: came
-- Every task as it stood up to :cut, in the order in which it came to stand so.
SELECT task, id, keys FROM task_version WHERE log = :log AND since <= :cut ORDER BY since, task

-- name: labelled
-- Every task as it stood up to :cut with each label that it then had, in the order in which both came together.
SELECT t.task, t.id, t.keys, l.classes, l.kinds
FROM task_version t
JOIN label_version l ON l.log = t.log AND l.task = t.task AND l.since < t.until AND l.until > t.since AND l.since <= :cut
WHERE t.log = :log AND t.since <= :cut
ORDER BY CASE WHEN l.since > t.since THEN l.since ELSE t.since END, t.task, l.label, t.since

-- name: trails
-- Every task that there ever was with the version that held at :cut, of a deleted one without; where the condition holds.
SELECT k.task, k.id, t.name, t.stage, b.bytes
FROM task k
LEFT JOIN task_version t ON t.log = k.log AND t.task = k.task AND t.since <= :cut AND t.until > :cut
LEFT JOIN block b ON b.block = t.issues_block
WHERE k.log = :log AND k.task > :after AND {where}
ORDER BY k.task LIMIT :limit

-- name: events_of_tasks
SELECT position, number, ordinal, at, actor, kind, task, task_seq, previous, content, data FROM event
WHERE log = :log AND task > :after AND task <= :last AND number <= :cut ORDER BY task, task_seq

-- name: events_of_project
-- Those that are of no task.
SELECT position, number, ordinal, at, actor, kind, task, task_seq, previous, content, data FROM event
WHERE log = :log AND position >= :first AND position < :beyond AND task IS NULL ORDER BY position

-- name: leaves_between
SELECT leaf FROM event WHERE log = :log AND position >= :first AND position < :beyond ORDER BY position

-- name: handed_in
SELECT position, at, actor, kind, data FROM event
WHERE log = :log AND position > :after AND kind IN ({wanted}) ORDER BY position LIMIT :limit

-- name: handed_in_of_task
SELECT position, at, actor, kind, data FROM event
WHERE log = :log AND task = :task AND position > :after AND kind IN ({wanted}) ORDER BY task_seq LIMIT :limit

-- name: events_of_task
SELECT at, actor, kind, data FROM event WHERE log = :log AND task = :task ORDER BY task_seq

-- name: head
SELECT size, root, latest FROM head WHERE log = :log AND number = :number

-- name: logs_behind
-- Logs whose newest change has no head.
SELECT l.log FROM log l
WHERE l.number > 0 AND NOT EXISTS (SELECT 1 FROM head h WHERE h.log = l.log AND h.number = l.number)
ORDER BY l.log

-- name: newest_head
SELECT number, latest FROM head WHERE log = :log ORDER BY number DESC LIMIT 1

-- name: number_at
-- The last change before the first one that bears the moment or a later time.
SELECT number FROM head WHERE log = :log AND latest < :moment ORDER BY latest DESC, number DESC LIMIT 1

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

-- name: leaves
SELECT leaf FROM event WHERE log = :log AND position < :size ORDER BY position

-- name: versions_of_task
SELECT since FROM task_version WHERE log = :log AND task = :task ORDER BY since

-- name: names_blob
-- Whether a block that is there names a blob; it reads them all.
SELECT EXISTS (SELECT 1 FROM block WHERE instr(bytes, :blob) > 0)

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
