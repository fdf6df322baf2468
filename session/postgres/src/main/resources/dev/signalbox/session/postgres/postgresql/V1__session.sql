-- The session bus. Times are microseconds since 1970 (UTC), by the database's clock.

-- An event. The primary key is what makes two nodes that append to a session at a time take turns.
create table session_event (
    number  bigint not null,
    at      bigint not null,
    batch   uuid   not null, -- with the number, the event's identity
    session text   not null collate "C",
    headers text   not null, -- a JSON object, or empty
    payload bytea  not null,
    primary key (session, number)
);
-- Text and JSON of a few hundred bytes are read back at once; trying to compress them costs more than it saves.
alter table session_event alter column payload set storage external;

-- A session: what its events do not tell once retention has removed them. Written when it begins and when its last event is
-- removed, not when events are appended.
create table session_head (
    begin   bigint not null, -- the first event that ever was
    last    bigint not null, -- the newest event when all were removed; 0 before that
    last_at bigint not null,
    batch   uuid   not null, -- of the newest event, likewise
    session text   not null collate "C" primary key
);

-- Batches of the last minutes, with where each of their sessions went on, in the order of the sessions' names, so that one whose
-- outcome got lost is not appended twice.
create table session_batch (
    at     bigint   not null,
    id     uuid     not null primary key,
    firsts bigint[] not null,
    ats    bigint[] not null
);
create index session_batch_at on session_batch using brin (at);

-- A group of a session, in the bus's own encoding. Replaced only in the version that was read.
create table session_group (
    version bigint not null,
    session text   not null collate "C",
    name    text   not null collate "C",
    state   bytea  not null,
    primary key (session, name)
);
