-- Files of messages. Times are microseconds since 1970 (UTC).
create table attachment (
    id      nvarchar(36)  collate Latin1_General_100_BIN2 not null primary key, -- a UUID
    name    nvarchar(255) collate Latin1_General_100_BIN2 not null,
    type    nvarchar(161) collate Latin1_General_100_BIN2 not null,
    hash    nvarchar(64)  collate Latin1_General_100_BIN2 not null, -- of its content
    used_at bigint        not null -- when it was saved, or a message took it
);
create index attachment_hash on attachment (hash);
create index attachment_age on attachment (used_at);

-- Each content once, whatever the number of files with it.
create table attachment_content (
    hash     nvarchar(64) collate Latin1_General_100_BIN2 not null primary key, -- SHA-256, in hex
    size     bigint       not null,
    saved_at bigint       not null -- when a file with it was saved last
);
create index attachment_content_age on attachment_content (saved_at);

create table attachment_chunk (
    hash   nvarchar(64)   collate Latin1_General_100_BIN2 not null,
    number int            not null, -- from 0
    bytes  varbinary(max) not null,
    primary key (hash, number)
);
