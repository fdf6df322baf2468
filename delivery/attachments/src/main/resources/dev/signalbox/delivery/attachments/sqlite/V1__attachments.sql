-- Files of messages. Times are microseconds since 1970 (UTC).
create table attachment (
    id      text not null primary key, -- a UUID
    name    text not null,
    type    text not null,
    hash    text not null, -- of its content
    used_at integer not null -- when it was saved, or a message took it
) without rowid;

create index attachment_hash on attachment (hash);
create index attachment_age on attachment (used_at);

-- Each content once, whatever the number of files with it.
create table attachment_content (
    hash     text not null primary key, -- SHA-256, in hex
    size     integer not null,
    saved_at integer not null -- when a file with it was saved last
) without rowid;

create index attachment_content_age on attachment_content (saved_at);

create table attachment_chunk (
    hash   text not null,
    number integer not null, -- from 0
    bytes  blob not null,
    primary key (hash, number)
);
