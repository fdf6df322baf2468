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

-- Appends a batch. For each session, in the order of their names: where it goes on, the time of its events, and the batch of the
-- event before them. Without an array if an event was expected that is not its session's last. The head is looked up only for
-- a session without events: it never tells more than the newest event does. For each session the caller gives a number that its last
-- event is not expected to be below, or 0: an index is read backwards a page at a time, so without it a hundred events are looked at to
-- find the last. It is no promise: a server that took over may have lost events, so those below it are looked for where there are none above.
-- Its plans always look sessions up by their keys. They are made when the tables are still empty, and kept.
create function session_append(
    batch_sessions text[], known_lasts bigint[], begin_at bigint, batch_at bigint, batch_id uuid, unknown_batch uuid,
    expected_number bigint, expected_batch uuid,
    event_places bigint[], event_numbers bigint[], event_headers text[], event_payloads bytea[],
    out begins bigint[], out times bigint[], out previous uuid[]
)
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
    known_last bigint;
    new_sessions text[];
begin
    select array_agg(coalesce(s.last + 1, begin_at) order by place), array_agg(greatest(s.last_at, batch_at) order by place),
        array_agg(s.batch order by place), array_agg(s.session order by place) filter (where s.is_new), max(s.last)
    into begins, times, previous, new_sessions, known_last
    from (
        select w.place, w.session, coalesce(k.number, e.number, h.last) is null as is_new,
            coalesce(k.number, e.number, nullif(h.last, 0)) as last,
            coalesce(k.at, e.at, h.last_at) as last_at, coalesce(k.batch, e.batch, h.batch) as batch
        from unnest(batch_sessions, known_lasts) with ordinality as w (session, known, place)
        left join lateral (
            select number, at, batch from session_event
            where session = w.session and number >= w.known order by number desc limit 1
        ) k on true
        left join lateral (
            select number, at, batch from session_event
            where session = w.session and number < w.known and k.number is null order by number desc limit 1
        ) e on true
        left join lateral (
            select last, last_at, batch from session_head
            where session = w.session and coalesce(k.number, e.number) is null limit 1
        ) h on true
    ) s;
    if expected_number <> coalesce(known_last, 0) or expected_batch <> previous[1] then
        begins := null;
        return;
    end if;
    if new_sessions is not null then
        insert into session_head (begin, last, last_at, batch, session)
        select begins[w.place], 0, times[w.place], unknown_batch, w.session
        from unnest(batch_sessions) with ordinality as w (session, place)
        where w.session = any (new_sessions)
        order by w.place;
    end if;
    insert into session_event (number, at, batch, session, headers, payload)
    select begins[e.place] + e.number, times[e.place], batch_id, batch_sessions[e.place], e.headers, e.payload
    from unnest(event_places, event_numbers, event_headers, event_payloads) as e (place, number, headers, payload)
    order by e.place, e.number;
    insert into session_batch (at, id, firsts, ats) values (batch_at, batch_id, begins, times);
end
$$;
