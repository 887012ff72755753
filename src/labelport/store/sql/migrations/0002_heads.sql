CREATE TABLE head (
    log INTEGER NOT NULL,
    number BIGINT NOT NULL,
    size BIGINT NOT NULL,             -- events up to it
    root BLOB NOT NULL,               -- of the Merkle tree over them
    latest BIGINT NOT NULL,           -- the latest time that an event up to it bears
    PRIMARY KEY (log, number)
) {clustered};

CREATE INDEX head_by_time ON head (log, latest, number);
