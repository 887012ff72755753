-- name: add_log
INSERT INTO log (log, number, size, frontier) VALUES (:log, 0, 0, :frontier)

-- name: add_project
INSERT INTO project (log, id, name, next_task, next_annotation, next_class, next_block)
VALUES (:log, :id, :name, 1, 1, 1, :block)

-- name: move_log
UPDATE log SET number = :number, size = :size, frontier = :frontier WHERE log = :log

-- name: add_heads
INSERT INTO head (log, number, size, root, latest) VALUES (?, ?, ?, ?, ?)

-- name: move_counters
UPDATE project SET next_task = :task, next_annotation = :annotation, next_class = :class, next_block = :block
WHERE log = :log

-- name: add_events
INSERT INTO event (log, position, number, ordinal, at, actor, kind, task, task_seq, previous, content, data, leaf)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: add_changes
INSERT INTO change (log, number, task) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: put_tasks
INSERT INTO task (log, task, id, events, leaf) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (log, task) DO UPDATE SET events = excluded.events, leaf = excluded.leaf

-- name: add_path
INSERT INTO path (log, clash, task) VALUES (:log, :clash, :task) ON CONFLICT DO NOTHING

-- name: add_blocks
INSERT INTO block (block, salt, hash, bytes) VALUES (?, ?, ?, ?)

-- name: add_task_versions
INSERT INTO task_version (
    log, task, since, until, id, name, path, uri, width, height, asset, external_id, global_key, stage, status, batch,
    state, open_issues, active_at, completed_at, people, keys, identity, standing,
    asset_block, metadata_block, attachments_block, embeddings_block, predictions_block, issues_block, history_block,
    extra_block
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: end_task_version
UPDATE task_version SET until = :number WHERE log = :log AND task = :task AND until = :open

-- name: add_label_versions
INSERT INTO label_version (
    log, task, label, since, until, id, author, source, final, created_at, annotations, kinds, classes, head, details,
    body_block, stamps_block
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: end_label_version
UPDATE label_version SET until = :number WHERE log = :log AND task = :task AND label = :label AND until = :open

-- name: add_fragments
-- Not of what was erased meanwhile.
INSERT INTO fragment (body_block, asset_block, format, version, bytes)
SELECT b.block, a.block, ?, ?, ? FROM block b JOIN block a ON a.bytes IS NOT NULL
WHERE b.block = ? AND a.block = ? AND b.bytes IS NOT NULL
ON CONFLICT DO NOTHING

-- name: end_named
UPDATE named SET until = :number WHERE log = :log AND kind = :kind AND key = :key AND until = :open

-- name: add_named
INSERT INTO named (log, kind, key, since, until, data) VALUES (:log, :kind, :key, :number, :open, :data)
ON CONFLICT (log, kind, key, since) DO UPDATE SET until = excluded.until, data = excluded.data

-- name: erase_block
UPDATE block SET bytes = NULL, salt = NULL, hash = :hash WHERE block = :block

-- name: erase_fragments
-- A block is of one task, so that the bodies of its labels lead to all of its fragments.
DELETE FROM fragment
WHERE body_block IN (SELECT body_block FROM label_version WHERE log = :log AND task = :task)

-- name: erase_task_versions
UPDATE task_version SET name = '', path = '', uri = NULL, width = NULL, height = NULL, asset = '', external_id = NULL,
    global_key = NULL, people = '[]', keys = '[]', identity = :nothing, standing = :nothing
WHERE log = :log AND task = :task

-- name: erase_label_versions
UPDATE label_version SET id = '', author = NULL, head = :nothing, details = :nothing
WHERE log = :log AND task = :task

-- name: free_path
DELETE FROM path WHERE log = :log AND clash = :clash AND task = :task

-- name: add_export
INSERT INTO export (id, log, created_at, finished_at, actor, status, request, recall, destination, base, cut, root, size,
    result)
VALUES (:id, :log, :created_at, NULL, :actor, 'queued', :request, :recall, :destination, :base, :cut, :root, :size, '{}')

-- name: set_export
UPDATE export SET status = :status, finished_at = :finished_at, result = :result WHERE id = :id
