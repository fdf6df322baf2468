-- Files of messages. Times are microseconds since 1970 (UTC).
create table attachment (
    id      char(36)     character set ascii collate ascii_bin not null primary key, -- a UUID
    name    varchar(255) not null,
    type    varchar(161) character set ascii collate ascii_bin not null,
    hash    char(64)     character set ascii collate ascii_bin not null, -- of its content
    used_at bigint       not null, -- when it was saved, or a message took it
    key attachment_hash (hash),
    key attachment_age (used_at)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- Each content once, whatever the number of files with it.
create table attachment_content (
    hash     char(64) not null primary key, -- SHA-256, in hex
    size     bigint   not null,
    saved_at bigint   not null, -- when a file with it was saved last
    key attachment_content_age (saved_at)
) engine = innodb character set ascii collate ascii_bin;

create table attachment_chunk (
    hash   char(64)   not null,
    number int        not null, -- from 0
    bytes  mediumblob not null,
    primary key (hash, number)
) engine = innodb character set ascii collate ascii_bin;
