-- What the store keeps. Written in what SQLite and PostgreSQL share; {clustered} is `WITHOUT ROWID` on SQLite.
-- A version holds for change numbers since <= n < until; an open one has until = 4611686018427387904 (2^62).

CREATE TABLE log (
    log INTEGER PRIMARY KEY,          -- 0: the organization; otherwise a project
    number BIGINT NOT NULL,           -- the last change number taken
    size BIGINT NOT NULL,             -- events so far
    frontier BLOB NOT NULL            -- right edge of the Merkle tree (RFC 6962, 2.1)
);

CREATE TABLE head (
    log INTEGER NOT NULL,
    number BIGINT NOT NULL,
    size BIGINT NOT NULL,             -- events up to it
    root BLOB NOT NULL,               -- of the Merkle tree over them
    latest BIGINT NOT NULL,           -- the latest time that an event up to it bears
    PRIMARY KEY (log, number)
) {clustered};

CREATE INDEX head_by_time ON head (log, latest, number);

CREATE TABLE project (
    log INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    next_task BIGINT NOT NULL,
    next_annotation BIGINT NOT NULL,
    next_class BIGINT NOT NULL,
    next_block BIGINT NOT NULL
);

CREATE TABLE event (
    log INTEGER NOT NULL,
    position BIGINT NOT NULL,         -- index of its leaf
    number BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,          -- within the number
    at BIGINT NOT NULL,               -- microseconds since 1970, UTC; for people
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    task BIGINT,
    task_seq BIGINT,                  -- the how-manieth event of its task
    previous BLOB,                    -- leaf of the task's event before
    content BLOB,                     -- digest of the version that it wrote
    data TEXT NOT NULL,               -- details, JSON
    leaf BLOB NOT NULL,
    PRIMARY KEY (log, position)
) {clustered};

CREATE INDEX event_of_task ON event (log, task, task_seq);

CREATE INDEX event_handed_in ON event (log, at) WHERE kind IN (
    'task.submitted', 'task.accepted', 'task.corrected', 'task.rejected', 'task.moved'
);

CREATE TABLE change (
    log INTEGER NOT NULL,
    number BIGINT NOT NULL,
    task BIGINT NOT NULL,
    PRIMARY KEY (log, number, task)
) {clustered};

CREATE TABLE task (
    log INTEGER NOT NULL,
    task BIGINT NOT NULL,             -- pinned number, in order of creation
    id TEXT NOT NULL,
    events BIGINT NOT NULL,
    leaf BLOB NOT NULL,               -- leaf of its last event
    PRIMARY KEY (log, task)
) {clustered};

CREATE UNIQUE INDEX task_by_id ON task (log, id);

CREATE TABLE path (
    log INTEGER NOT NULL,
    clash TEXT NOT NULL,              -- what may not stand twice on any file system
    task BIGINT NOT NULL,
    PRIMARY KEY (log, clash)
) {clustered};

CREATE TABLE block (
    block INTEGER PRIMARY KEY,
    salt BLOB,
    hash BLOB NOT NULL,               -- SHA-256 of salt and bytes
    bytes BLOB                        -- NULL once erased
);

CREATE TABLE task_version (
    log INTEGER NOT NULL,
    task BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    uri TEXT,
    width BIGINT,
    height BIGINT,
    asset TEXT NOT NULL,
    external_id TEXT,
    global_key TEXT,
    stage TEXT NOT NULL,
    status TEXT NOT NULL,
    batch TEXT,
    state TEXT NOT NULL,
    open_issues BIGINT NOT NULL,
    active_at BIGINT,
    completed_at BIGINT,
    people TEXT NOT NULL,             -- JSON array of "assignee:ID" and "reviewer:ID"
    keys TEXT NOT NULL,               -- JSON array of "KEY=VALUE" of the metadata
    identity BLOB NOT NULL,           -- members of the record's JSON before its asset
    standing BLOB NOT NULL,           -- and after it
    asset_block BIGINT NOT NULL,
    metadata_block BIGINT,
    attachments_block BIGINT,
    embeddings_block BIGINT,
    predictions_block BIGINT,
    issues_block BIGINT,
    history_block BIGINT,
    extra_block BIGINT,
    PRIMARY KEY (log, task, since)
) {clustered};

CREATE INDEX task_version_of_asset ON task_version (asset, until);

CREATE INDEX task_version_at_work ON task_version (log, stage, status, task) WHERE until = 4611686018427387904;

CREATE TABLE label_version (
    log INTEGER NOT NULL,
    task BIGINT NOT NULL,
    label BIGINT NOT NULL,            -- its place among the task's labels
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    id TEXT NOT NULL,
    author TEXT,
    source TEXT NOT NULL,
    final BIGINT NOT NULL,
    created_at BIGINT,
    annotations BIGINT NOT NULL,
    kinds TEXT NOT NULL,              -- JSON object: what it holds, how often
    classes TEXT NOT NULL,            -- JSON array of class numbers
    head BLOB NOT NULL,               -- members of the label's JSON before the annotations
    details BLOB NOT NULL,            -- and after them
    body_block BIGINT,
    stamps_block BIGINT,
    PRIMARY KEY (log, task, label, since)
) {clustered};

CREATE TABLE fragment (
    fragment INTEGER PRIMARY KEY,
    body_block BIGINT NOT NULL,
    asset_block BIGINT NOT NULL,
    format TEXT NOT NULL,
    version BIGINT NOT NULL,
    bytes BLOB NOT NULL
);

CREATE UNIQUE INDEX fragment_of_body ON fragment (body_block, asset_block, format, version);

CREATE TABLE named (
    log INTEGER NOT NULL,
    kind TEXT NOT NULL,               -- class, batch, ontology, slice; member (of the organization)
    key TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (log, kind, key, since)
) {clustered};

CREATE TABLE export (
    id TEXT PRIMARY KEY,
    log INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    actor TEXT NOT NULL,
    status TEXT NOT NULL,             -- queued, running, done, done_with_skips, failed, cancelled
    request TEXT NOT NULL,
    recall TEXT NOT NULL,             -- digest of destination and request, for `--since last`
    destination TEXT NOT NULL,
    base BIGINT,
    cut BIGINT NOT NULL,
    root BLOB NOT NULL,
    size BIGINT NOT NULL,
    result TEXT NOT NULL
) {clustered};

CREATE INDEX export_by_recall ON export (log, recall, created_at);
