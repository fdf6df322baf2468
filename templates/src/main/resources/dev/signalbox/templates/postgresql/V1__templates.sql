-- Texts with variables. A change adds a version; the highest counts. Times are microseconds since 1970 (UTC).
create table template (
    name       text    not null,
    channel    text    not null, -- empty for every channel
    locale     text    not null, -- such as de-at, in lower case; empty where no other fits
    version    integer not null,
    engine     text    not null check (engine in ('MUSTACHE', 'PEBBLE')), -- what subject and body are written in
    subject    text,
    body       text    not null,
    html       integer not null check (html in (0, 1)),
    created_at bigint not null,
    primary key (name, channel, locale, version)
);
