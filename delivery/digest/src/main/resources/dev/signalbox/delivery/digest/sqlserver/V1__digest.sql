-- What is being gathered: one window for each recipient and topic. Times are microseconds since 1970 (UTC).
create table digest_window (
    id         nvarchar(36)  collate Latin1_General_100_BIN2 not null primary key, -- of the message in the queue that closes it
    recipient  nvarchar(530) collate Latin1_General_100_BIN2 not null, -- a channel and an address
    topic_hash nvarchar(64)  collate Latin1_General_100_BIN2 not null, -- SHA-256, in hex, of what has to be alike for messages to become one
    due_at     bigint        not null,
    items      bigint        not null,
    bytes      bigint        not null -- of their bodies
);
create unique index digest_window_topic on digest_window (recipient, topic_hash);

-- The messages of windows, and of those that were closed for as long as a repetition has to be recognised.
create table digest_item (
    id         nvarchar(128) collate Latin1_General_100_BIN2 not null primary key, -- the delivery's idempotency key
    window_id  nvarchar(36)  collate Latin1_General_100_BIN2 not null,
    body       nvarchar(max) collate Latin1_General_100_BIN2 not null,
    headers    nvarchar(max) collate Latin1_General_100_BIN2 not null, -- a line each: name, colon, value
    added_at   bigint        not null
);
create index digest_item_window on digest_item (window_id, added_at, id);
create index digest_item_added on digest_item (added_at);
