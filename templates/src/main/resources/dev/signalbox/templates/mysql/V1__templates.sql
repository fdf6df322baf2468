-- Texts with variables. A change adds a version; the highest counts. Times are microseconds since 1970 (UTC).
create table template (
    name       varchar(64) character set ascii collate ascii_bin not null,
    channel    varchar(16) character set ascii collate ascii_bin not null, -- empty for every channel
    locale     varchar(64) character set ascii collate ascii_bin not null, -- such as de-at, in lower case; empty where no other fits
    version    int         not null,
    engine     varchar(16) character set ascii collate ascii_bin not null
        check (engine in ('MUSTACHE', 'PEBBLE')), -- what subject and body are written in
    subject    text,
    body       mediumtext  not null,
    html       smallint    not null check (html in (0, 1)),
    created_at bigint      not null,
    primary key (name, channel, locale, version)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;
