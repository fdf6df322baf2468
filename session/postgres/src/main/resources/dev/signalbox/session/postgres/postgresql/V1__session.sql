-- The session bus. Times are microseconds since 1970 (UTC), by the database's clock.

-- A session: which offsets it has. Appending locks its row, so the events of a session become visible in the order of
-- their offsets, without holes, however long other transactions last. Never indexed but by name: updates stay on their page.
create table session_head (
    begin    bigint not null, -- the first event that ever was
    first    bigint not null, -- the oldest that is kept
    last     bigint not null, -- the newest that ever was
    first_at bigint not null,
    last_at  bigint not null,
    session  text   not null collate "C" primary key
) with (fillfactor = 60);

create table session_event (
    number  bigint not null,
    at      bigint not null,
    session text   not null collate "C",
    payload bytea  not null,
    primary key (session, number)
);
-- Text and JSON of a few hundred bytes are read back at once; trying to compress them costs more than it saves.
alter table session_event alter column payload set storage external;

-- Batches of the last minutes, with where their events came to be, so that one whose outcome got lost is not appended twice.
create table session_batch (
    at       bigint   not null,
    id       uuid     not null primary key,
    sessions text[]   not null,
    lasts    bigint[] not null,
    ats      bigint[] not null
);
create index session_batch_at on session_batch using brin (at);

-- Up to where a group has handed out events.
create table session_group (
    position bigint not null,
    session  text   not null collate "C",
    name     text   not null collate "C",
    primary key (session, name)
);

-- What it has handed out and nobody finished. until is null for what was released.
create table session_claim (
    number  bigint  not null,
    until   bigint,
    attempt integer not null,
    session text    not null collate "C",
    name    text    not null collate "C",
    primary key (session, name, number)
);
