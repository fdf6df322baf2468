-- What is being gathered: one window for each recipient and topic. Times are microseconds since 1970 (UTC).
create table digest_window (
    id         text not null primary key, -- of the message in the queue that closes it
    recipient  text not null, -- a channel and an address
    topic_hash text not null, -- SHA-256, in hex, of what has to be alike for messages to become one
    due_at     integer not null,
    items      integer not null,
    bytes      integer not null, -- of their bodies
    unique (recipient, topic_hash)
) without rowid;

-- The messages of windows, and of those that were closed for as long as a repetition has to be recognised.
create table digest_item (
    id         text not null primary key, -- the delivery's idempotency key
    window_id  text not null,
    body       text not null,
    headers    text not null, -- a line each: name, colon, value
    added_at   integer not null
) without rowid;
create index digest_item_window on digest_item (window_id, added_at, id);
create index digest_item_added on digest_item (added_at);
