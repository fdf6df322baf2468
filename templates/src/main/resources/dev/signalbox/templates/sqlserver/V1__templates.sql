-- Texts with variables. A change adds a version; the highest counts. Times are microseconds since 1970 (UTC).
create table template (
    name       nvarchar(64)  collate Latin1_General_100_BIN2 not null,
    channel    nvarchar(16)  collate Latin1_General_100_BIN2 not null, -- empty for every channel
    locale     nvarchar(64)  collate Latin1_General_100_BIN2 not null, -- such as de-at, in lower case; empty where no other fits
    version    int           not null,
    engine     nvarchar(16)  collate Latin1_General_100_BIN2 not null
        check (engine in ('MUSTACHE', 'PEBBLE')), -- what subject and body are written in
    subject    nvarchar(max) collate Latin1_General_100_BIN2,
    body       nvarchar(max) collate Latin1_General_100_BIN2 not null,
    html       smallint      not null check (html in (0, 1)),
    created_at bigint        not null,
    primary key (name, channel, locale, version)
);
