-- What is being gathered: one window for each recipient and topic. Times are microseconds since 1970 (UTC).
create table digest_window (
    id         char(36)     character set ascii collate ascii_bin not null primary key, -- of the message in the queue that closes it
    recipient  varchar(530) not null, -- a channel and an address
    topic_hash char(64)     character set ascii collate ascii_bin not null, -- SHA-256, in hex, of what has to be alike for messages to become one
    due_at     bigint       not null,
    items      bigint       not null,
    bytes      bigint       not null, -- of their bodies
    unique key digest_window_topic (recipient, topic_hash)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- The messages of windows, and of those that were closed for as long as a repetition has to be recognised.
create table digest_item (
    id         varchar(128) character set ascii collate ascii_bin not null primary key, -- the delivery's idempotency key
    window_id  char(36)     character set ascii collate ascii_bin not null,
    body       mediumtext   not null,
    headers    mediumtext   not null, -- a line each: name, colon, value
    added_at   bigint       not null,
    key digest_item_window (window_id, added_at, id),
    key digest_item_added (added_at)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;
