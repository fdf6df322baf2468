-- The delivery queue. Times are microseconds since 1970 (UTC), by the database's clock.
-- A reach is in exactly one of: ready, later, an entry of lease without its outcome, dead, or it was sent.

-- What to deliver; never changed but for key_version and the priorities. Wide columns last, aligned ones first. Its limits are those of Reach;
-- what only Java can check (steps, headers) and cannot read ends as dead.
create table delivery_message (
    accepted_at  bigint   not null,
    not_before   bigint   check (not_before > 0 and not_before < 253402214400000000), -- as the caller wished; until then, or accepted_at, the first attempt waits
    expires_at   bigint   check (expires_at > 0 and expires_at < 253402214400000000),
    id           uuid     not null primary key,
    priority     smallint not null check (priority between 0 and 9),
    max_attempts smallint not null check (max_attempts between 1 and 100),
    key_version  smallint not null default 0 check (key_version >= 0), -- how often an operator asked for a new idempotency key
    asked_priority smallint,        -- the caller's, where an operator has changed it
    steps        text     not null, -- one a line: channel:address [within 5s]
    body         text     not null check (octet_length(body) between 1 and case ascii(body) when 26 then 87500 else 65536 end),
    headers      text,              -- a JSON object
    dedupe_key   text     check (length(dedupe_key) between 1 and 200),
    traceparent  text     check (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'), -- the caller's place in a distributed trace (W3C)
    tags         text,              -- one a line, in alphabetical order
    metadata     text,              -- a JSON object
    time_zone    text,              -- the recipient's, such as Europe/Berlin
    quiet_hours  text,              -- the recipient's, such as 22:00-07:00
    dedupe_window   bigint check (dedupe_window > 0), -- how long the key stands in the way of another
    dedupe_freed_at bigint          -- when it was found to be over
);
create unique index delivery_message_dedupe on delivery_message (dedupe_key)
    where dedupe_key is not null and dedupe_freed_at is null;

-- The tags of messages, to find these by.
create table delivery_tag (
    tag text collate "C" not null,
    id  uuid not null,
    primary key (tag, id)
);

-- What is due, in the order of its claims.
create table delivery_ready (
    run_at       bigint   not null,
    deadline     bigint,
    unsure_since bigint,
    id           uuid     not null,
    attempt      integer  not null,
    priority     smallint not null,
    step         smallint not null,
    tried        smallint not null,
    lane         text     not null,
    primary key (lane, priority, run_at, id)
);

-- What waits for its time.
create table delivery_later (
    run_at       bigint   not null,
    deadline     bigint,
    unsure_since bigint,
    id           uuid     not null,
    attempt      integer  not null,
    priority     smallint not null,
    step         smallint not null,
    tried        smallint not null,
    lane         text     not null,
    primary key (run_at, id)
);

-- What is being sent: one row a claimed batch. open counts the entries that have no outcome yet.
create table delivery_lease (
    id           uuid     not null primary key,
    claimed_at   bigint   not null,
    until        bigint   not null,
    open         integer  not null,
    lane         text     not null,
    owner        text     not null,
    ids          uuid[]     not null,
    attempts     integer[]  not null,
    steps        smallint[] not null,
    tried        smallint[] not null,
    deadlines    bigint[]   not null,
    unsure_since bigint[]   not null
);
alter table delivery_lease alter column ids set storage external;

-- Until when some node says that it serves a channel. Of one that none serves, time limits act without a claim.
create table delivery_lane (
    lane         text not null primary key,
    served_until bigint not null
);

-- The lanes that an operator holds back on all nodes; '*' holds back all of them.
create table delivery_pause (
    since bigint not null,
    lane  text   not null primary key,
    actor text,
    note  text
);

-- What was taken of a limit that holds for all nodes since its interval began: of a lane, or of all lanes, which is '*'.
create table delivery_budget (
    began bigint  not null,
    spent integer not null,
    name  text    not null primary key
);

-- The same for one recipient of a lane.
create table delivery_recipient (
    began   bigint  not null,
    spent   integer not null,
    lane    text    not null,
    address text    not null,
    primary key (lane, address)
);
create index delivery_recipient_began on delivery_recipient (lane, began);

-- The history: only ever added to. The key makes a second completion of one attempt impossible.
create table delivery_outcome (
    at          bigint   not null,
    next_at     bigint,
    id          uuid     not null,
    attempt     integer  not null,
    millis      integer  not null,
    step        smallint not null,
    result      text     not null,
    state       text     not null,
    provider_id text,
    error       text,
    actor       text, -- who cancelled, retried or resolved it
    note        text, -- and why
    primary key (id, attempt)
);
-- For the errors of the last hour; successes have no entry.
create index delivery_outcome_errors on delivery_outcome (at) where error is not null;

-- The rows of the table messages that were taken into the queue, until they are marked as sent there.
create table delivery_intake (
    message bigint not null primary key, -- its id there
    id      uuid,                        -- here; null where it makes no message
    problem text
);
create index delivery_intake_id on delivery_intake (id);

-- Messages that are enqueued again and again.
create table delivery_recurring (
    name    text collate "C" not null primary key,
    cron    text not null,
    zone    text not null,      -- by whose clock its times come
    message text not null,      -- as its owner writes it
    next_at bigint not null,
    last_at bigint,             -- for which time it was enqueued last
    problem text                -- why it was not, the last time that it should have been
);

-- What ended without being sent, or was parked, with the reason.
create table delivery_dead (
    at      bigint  not null,
    id      uuid    not null primary key,
    attempt integer not null,
    state   text    not null,
    reason  text
);
create index delivery_dead_state on delivery_dead (state, id);

-- How many ended how; the sum over the shards. Nodes write to different shards, so they do not wait for one another.
create table delivery_tally (
    n       bigint   not null,
    shard   smallint not null,
    channel text     not null,
    state   text     not null,
    primary key (shard, channel, state)
) with (fillfactor = 50);

-- Rows of these live for moments, so they are vacuumed by number and not by share, and without pauses.
alter table delivery_ready set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
    autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000);
alter table delivery_later set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000);
alter table delivery_lease set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_cost_delay = 0, toast.autovacuum_vacuum_scale_factor = 0,
    toast.autovacuum_vacuum_threshold = 5000, toast.autovacuum_vacuum_cost_delay = 0);
alter table delivery_tally set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0);

-- How many of so many a lane may take now by the limits of the cluster: the least of what its budgets have left, and of the
-- attempts that may yet be under way. It locks the budgets, in one order, so claims under one limit follow one another.
-- most_under_way of null is no limit.
create function delivery_allowed(
    claim_lane text, wanted integer, budgets text[], mosts integer[], intervals bigint[], most_under_way integer,
    moment bigint
) returns integer
language plpgsql
as $$
declare
    allowed integer := wanted;
    budget  record;
begin
    for budget in select * from unnest(budgets, mosts, intervals) as b (name, most, lasting) order by b.name collate "C" loop
        insert into delivery_budget (began, spent, name) values (0, 0, budget.name) on conflict (name) do nothing;
        select least(allowed,
                     case when b.began + budget.lasting <= moment then budget.most else budget.most - b.spent end)
        into allowed
        from delivery_budget b where b.name = budget.name for update;
    end loop;
    if most_under_way is not null then
        select least(allowed, most_under_way - coalesce(sum(l.open), 0))
        into allowed
        from delivery_lease l where l.lane = claim_lane;
    end if;
    return greatest(allowed, 0);
end
$$;

-- Deletes the first tickets of a lane, without those that somebody else holds, and says how many of the first it did not get. It does not
-- lock them before, which would log each of them twice: a row's xmax tells that somebody has locked or deleted it, or is about to. Where
-- somebody does so while this runs, this waits for them, though not for long: an operator's transaction may be large.
create function delivery_take(
    claim_lane text, most integer, marks bigint[], out taken delivery_ready[], out missed integer
)
language plpgsql
set lock_timeout = '20ms'
as $$
begin
    with first as materialized (
        select w.ctid, w.unheld
        from unnest(marks) with ordinality as m (mark, ordinal)
        cross join lateral (
            select r.ctid, r.xmax = 0 as unheld from delivery_ready r
            where r.lane = claim_lane and r.priority = m.ordinal - 1 and r.run_at >= m.mark
            order by r.run_at, r.id
            limit most) w
        limit most
    ), gone as (
        delete from delivery_ready r
        where r.ctid = any (array(select f.ctid from first f where f.unheld))
        returning r as ticket
    )
    select array(select g.ticket from gone g), (select count(*) from first) - (select count(*) from gone)
    into taken, missed;
end
$$;

-- The same without a wait: it locks those that it can lock at once, and passes over the others.
create function delivery_take_unlocked(claim_lane text, most integer, marks bigint[]) returns setof delivery_ready
language plpgsql
as $$
begin
    return query
    delete from delivery_ready r
    where r.ctid = any (array(
        select first.ctid
        from unnest(marks) with ordinality as m (mark, ordinal)
        cross join lateral (
            select w.ctid from delivery_ready w
            where w.lane = claim_lane and w.priority = m.ordinal - 1 and w.run_at >= m.mark
            order by w.run_at, w.id
            limit most
            for update skip locked) first
        limit most))
    returning r.*;
end
$$;

-- Moves the first due tickets of a lane into a lease and returns them with their messages; none while the lane is paused.
-- Without budgets, which are for delivery_allowed, there is no limit.
--
-- marks has, for each priority, the time before which nothing is expected any more: it lets the scan begin behind the dead
-- index entries of earlier claims, which pile up while somebody else's transaction is held open.
--
-- The lease begins when claimed says, or if that is null, now by the database's clock; it lasts so many microseconds.
--
-- This is a function for its settings. The tables swell and empty within seconds, so their statistics are always wrong, and
-- by those the planner likes to sort the whole lane; with the settings it can only walk the index in its order.
create function delivery_claim(
    claim_lane text, claim_limit integer, marks bigint[], lease uuid, claimed bigint, lasting bigint, owner text,
    budgets text[], mosts integer[], intervals bigint[], most_under_way integer
) returns table (
    run_at bigint, deadline bigint, unsure_since bigint, id uuid, attempt integer, priority smallint, step smallint,
    tried smallint, steps text, body text, headers text, expires_at bigint, max_attempts smallint, accepted_at bigint,
    key_version smallint, traceparent text, time_zone text, quiet_hours text
)
language plpgsql
set enable_sort = off
set enable_bitmapscan = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    begun   constant bigint := coalesce(claimed, (extract(epoch from clock_timestamp()) * 1000000)::bigint);
    allowed integer := claim_limit;
    picked  delivery_ready[] := '{}';
    missed  integer := claim_limit;
begin
    if exists (select from delivery_pause p where p.lane = claim_lane)
            or exists (select from delivery_pause p where p.lane = '*') then
        return;
    end if;
    if cardinality(budgets) > 0 then
        allowed := delivery_allowed(claim_lane, claim_limit, budgets, mosts, intervals, most_under_way, begun);
        if allowed = 0 then
            return;
        end if;
    end if;
    -- One claim of a lane at a time takes without locks, so that two do not try the same tickets.
    if pg_try_advisory_xact_lock(hashtextextended('signalbox.delivery_claim ' || claim_lane, 0)) then
        begin
            select t.taken, t.missed into picked, missed from delivery_take(claim_lane, allowed, marks) t;
        exception when lock_not_available or deadlock_detected then
            null; -- What it has deleted is back, and nothing was picked.
        end;
    end if;
    if missed > 0 then
        picked := picked
            || array(select t from delivery_take_unlocked(claim_lane, allowed - cardinality(picked), marks) t);
    end if;
    if cardinality(picked) = 0 then
        return;
    end if;
    insert into delivery_lease (id, claimed_at, until, open, lane, owner, ids, attempts, steps, tried, deadlines,
                                unsure_since)
    select delivery_claim.lease, begun, begun + delivery_claim.lasting, count(*), claim_lane, delivery_claim.owner,
           array_agg(p.id), array_agg(p.attempt), array_agg(p.step), array_agg(p.tried), array_agg(p.deadline),
           array_agg(p.unsure_since)
    from unnest(picked) p;
    return query
    select p.run_at, p.deadline, p.unsure_since, p.id, p.attempt, p.priority, p.step, p.tried,
           m.steps, m.body, m.headers, m.expires_at, m.max_attempts, m.accepted_at, m.key_version, m.traceparent,
           m.time_zone, m.quiet_hours
    from unnest(picked) p join delivery_message m on m.id = p.id;
    if cardinality(budgets) > 0 then
        update delivery_budget b
        set spent = cardinality(picked) + case when b.began + i.lasting <= begun then 0 else b.spent end,
            began = case when b.began + i.lasting <= begun then begun else b.began end
        from unnest(budgets, intervals) as i (name, lasting) where b.name = i.name;
    end if;
end
$$;

-- What there is to do: when the first of later is due, whether a lease of these lanes has run out, which of them have work
-- at or after their marks, and what is paused. The time is now_is, or if that is null, the database's. Each part is a probe of an index; left to itself, the planner would walk whole tables.
create function delivery_look(
    lanes text[], marks bigint[], now_is bigint, out next_due bigint, out expired boolean, out ready text[],
    out paused text[]
)
language plpgsql
set enable_sort = off
set enable_bitmapscan = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
    moment constant bigint := coalesce(now_is, (extract(epoch from clock_timestamp()) * 1000000)::bigint);
begin
    next_due := (select min(run_at) from delivery_later);
    expired := exists (select from delivery_lease l where l.until < moment and l.lane = any (lanes));
    ready := array(
        select l.lane from unnest(lanes, marks) as l (lane, mark)
        where exists (
            select from generate_series(0, 9) p
            cross join lateral (
                select from delivery_ready r
                where r.lane = l.lane and r.priority = p and r.run_at >= l.mark
                order by r.run_at limit 1) first));
    paused := array(select p.lane from delivery_pause p);
end
$$;

-- Moves up to so many tickets whose time has come from later to ready; returns how many.
create function delivery_promote(due bigint, most integer) returns integer
language plpgsql
set enable_sort = off
set enable_bitmapscan = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    moved integer;
begin
    with due_now as (
        delete from delivery_later l
        where l.ctid = any (array(
            select w.ctid from delivery_later w where w.run_at <= due
            order by w.run_at, w.id limit most for update skip locked))
        returning l.run_at, l.deadline, l.unsure_since, l.id, l.attempt, l.priority, l.step, l.tried, l.lane
    )
    insert into delivery_ready (run_at, deadline, unsure_since, id, attempt, priority, step, tried, lane)
    select run_at, deadline, unsure_since, id, attempt, priority, step, tried, lane from due_now;
    get diagnostics moved = row_count;
    return moved;
end
$$;

-- Whether two times are equal, or lie as far from when they were given, give or take 5 s.
create function delivery_same_time(one bigint, one_given bigint, other timestamptz, other_given bigint) returns boolean
language sql stable as $$
    select case
        when one is null or other is null then one is null and other is null
        else one = (extract(epoch from other) * 1000000)::bigint
          or abs((one - one_given) - ((extract(epoch from other) * 1000000)::bigint - other_given)) <= 5000000
    end
$$;

-- Enqueues one reach from plain SQL, in the caller's transaction. Steps: one a line, such as
-- E'client:alice within 5s\nsms:+61400000000'. Returns the id; with a dedupe key that is known, the
-- first one's, if it is the same message. Times count as the same as DeliveryQueue.Receipt says. The limits are those of Reach.
create function signalbox_enqueue(
    steps        text,
    body         text,
    dedupe_key   text        default null,
    priority     integer     default 5,
    at           timestamptz default null,
    expires_at   timestamptz default null,
    max_attempts integer     default 5,
    headers      jsonb       default null,
    traceparent  text        default null,
    dedupe_window interval   default null,
    tags         text[]      default null,
    metadata     jsonb       default null,
    time_zone    text        default null,
    quiet_hours  text        default null
) returns uuid
language plpgsql
as $$
declare
    now_micros constant bigint := extract(epoch from clock_timestamp()) * 1000000;
    due        constant bigint := greatest(now_micros, (extract(epoch from at) * 1000000)::bigint);
    lane       constant text   := split_part(steps, ':', 1);
    -- A UUID of version 7: 48 bits of milliseconds before the random bits of a version 4.
    new_id     constant uuid   := encode(
        set_byte(
            overlay(uuid_send(gen_random_uuid())
                placing substring(int8send(now_micros / 1000) from 3) from 1 for 6),
            6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112),
        'hex')::uuid;
    lines      constant text[] := string_to_array(steps, E'\n');
    tag_lines  constant text   := (
        select string_agg(t.tag, E'\n' order by t.tag collate "C") from (select distinct unnest(tags) as tag) t);
    lasting    constant bigint := (extract(epoch from dedupe_window) * 1000000)::bigint;
    known      delivery_message;
    differing  text[];
begin
    if steps is null or cardinality(lines) not between 1 and 8 or exists (
        select from unnest(lines) line
        where line !~ '^[a-z][a-z0-9-]{0,15}:[^[:cntrl:][:space:]]([^[:cntrl:]]*[^[:cntrl:][:space:]])?$'
           or line ~ '[\u0001-\u001f\u007f-\u009f]'
           or length(line) > 512
           or line ~ '( within [0-9]+(ms|s|m|h|d)){2}$'
           or (line ~ ' within [0-9]{1,10}(ms|s|m|h|d)$' and line !~
               ' within ([1-9][0-9]{0,8}ms|[1-9][0-9]{0,5}s|[1-9][0-9]{0,3}m|[1-9][0-9]?h|([1-9]|[12][0-9]|30)d)$')) then
        raise exception 'steps must be 1 to 8 lines, each as in sms:+61400000000 or client:alice within 5s'
            using errcode = 'check_violation';
    end if;
    if body is null or octet_length(body) not between 1 and 65536 then
        raise exception 'body must have 1 to 65536 bytes' using errcode = 'check_violation';
    end if;
    if ascii(body) = 26 then
        raise exception 'body must not begin with the control character U+001A' using errcode = 'check_violation';
    end if;
    if priority not between 0 and 9 or max_attempts not between 1 and 100 then
        raise exception 'priority must be 0 to 9 and max_attempts 1 to 100' using errcode = 'check_violation';
    end if;
    if length(dedupe_key) not between 1 and 200 then
        raise exception 'dedupe_key must have 1 to 200 characters' using errcode = 'check_violation';
    end if;
    if expires_at <= coalesce(at, expires_at - interval '1 second') then
        raise exception 'expires_at must be after at' using errcode = 'check_violation';
    end if;
    if jsonb_typeof(headers) <> 'object' or jsonb_path_exists(headers, '$.* ? (@.type() != "string")')
            or (select count(*) from jsonb_each(headers)) > 32 then
        raise exception 'headers must be an object of at most 32 texts' using errcode = 'check_violation';
    end if;
    if exists (
        select from jsonb_each_text(headers) header
        where header.key !~ '^[!#$%&''*+.^_`|~0-9A-Za-z-]{1,64}$'
           or length(header.value) > 1024
           or header.value ~ '[\u0001-\u001f\u007f-\u009f]') then
        raise exception 'headers must have names of 1 to 64 letters, digits and !#$%%&''*+-.^_`|~, and values of at most 1024 characters without line breaks and other control characters'
            using errcode = 'check_violation';
    end if;
    if traceparent !~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'
            or traceparent ~ '^00-(0{32}-|[0-9a-f]{32}-0{16}-)' then
        raise exception 'traceparent must be one of W3C Trace Context, version 00' using errcode = 'check_violation';
    end if;
    if lasting not between 1000 and 31536000000000 or (lasting is not null and dedupe_key is null) then
        raise exception 'dedupe_window must be 1 ms to 365 days, and must come with a dedupe_key'
            using errcode = 'check_violation';
    end if;
    if cardinality(tags) > 16 or exists (
        select from unnest(tags) t (tag) where t.tag is null or t.tag !~ '^[A-Za-z0-9][A-Za-z0-9._:/=@+-]{0,63}$') then
        raise exception 'tags must be at most 16, each 1 to 64 letters, digits and ._:/=@+-, beginning with a letter or digit'
            using errcode = 'check_violation';
    end if;
    if jsonb_typeof(metadata) <> 'object' or jsonb_path_exists(metadata, '$.* ? (@.type() != "string")')
            or (select count(*) from jsonb_each(metadata)) > 32 then
        raise exception 'metadata must be an object of at most 32 texts' using errcode = 'check_violation';
    end if;
    if exists (
        select from jsonb_each_text(metadata) entry
        where entry.key !~ '^[!#$%&''*+.^_`|~0-9A-Za-z-]{1,64}$'
           or length(entry.value) > 1024
           or entry.value ~ '[\u0001-\u001f\u007f-\u009f]') then
        raise exception 'metadata must have names of 1 to 64 letters, digits and !#$%%&''*+-.^_`|~, and values of at most 1024 characters without line breaks and other control characters'
            using errcode = 'check_violation';
    end if;
    if length(time_zone) > 64 or (time_zone is not null and now() at time zone time_zone is null) then
        raise exception 'time_zone must be the name of one, such as Europe/Berlin' using errcode = 'check_violation';
    end if;
    if quiet_hours !~ '^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$'
            or split_part(quiet_hours, '-', 1) = split_part(quiet_hours, '-', 2)
            or (quiet_hours is not null and time_zone is null) then
        raise exception 'quiet_hours must be as in 22:00-07:00, and must come with a time_zone'
            using errcode = 'check_violation';
    end if;
    if least(at, expires_at) <= 'epoch' or greatest(at, expires_at) >= '9999-12-31 00:00:00+00' then
        raise exception 'at and expires_at must be between 1970 and 9999' using errcode = 'check_violation';
    end if;
    insert into delivery_message (accepted_at, not_before, expires_at, id, priority, max_attempts, steps, body,
                                  headers, dedupe_key, traceparent, tags, metadata, dedupe_window, time_zone, quiet_hours)
    values (now_micros, (extract(epoch from signalbox_enqueue.at) * 1000000)::bigint,
            (extract(epoch from signalbox_enqueue.expires_at) * 1000000)::bigint, new_id, signalbox_enqueue.priority,
            signalbox_enqueue.max_attempts, signalbox_enqueue.steps, signalbox_enqueue.body,
            signalbox_enqueue.headers::text, signalbox_enqueue.dedupe_key, signalbox_enqueue.traceparent,
            tag_lines, nullif(signalbox_enqueue.metadata, '{}')::text, lasting, signalbox_enqueue.time_zone,
            signalbox_enqueue.quiet_hours)
    on conflict do nothing;
    if not found then
        update delivery_message m set dedupe_freed_at = now_micros
        where m.dedupe_key = signalbox_enqueue.dedupe_key and m.dedupe_freed_at is null
          and m.accepted_at + m.dedupe_window <= now_micros;
        select m.* into known from delivery_message m
        where m.dedupe_key = signalbox_enqueue.dedupe_key and m.dedupe_freed_at is null;
        if not found then -- Freed, here or by another call.
            return signalbox_enqueue(steps, body, dedupe_key, priority, at, expires_at, max_attempts, headers, traceparent,
                                     dedupe_window, tags, metadata, time_zone, quiet_hours);
        end if;
        differing := array_remove(array[
            case when known.steps <> signalbox_enqueue.steps then 'steps' end,
            -- What is encrypted or redacted cannot be compared here.
            case when known.body <> signalbox_enqueue.body and ascii(known.body) <> 26 then 'body' end,
            case when coalesce(known.headers::jsonb, '{}') <> coalesce(signalbox_enqueue.headers, '{}') then 'headers' end,
            case when known.time_zone is distinct from signalbox_enqueue.time_zone then 'time_zone' end,
            case when known.quiet_hours is distinct from signalbox_enqueue.quiet_hours then 'quiet_hours' end,
            case when known.tags is distinct from tag_lines then 'tags' end,
            case when coalesce(known.metadata::jsonb, '{}') <> coalesce(signalbox_enqueue.metadata, '{}') then 'metadata' end,
            case when coalesce(known.asked_priority, known.priority) <> signalbox_enqueue.priority then 'priority' end,
            case when not delivery_same_time(known.not_before, known.accepted_at, signalbox_enqueue.at, now_micros)
                then 'at' end,
            case when not delivery_same_time(known.expires_at, known.accepted_at, signalbox_enqueue.expires_at, now_micros)
                then 'expires_at' end,
            case when known.max_attempts <> signalbox_enqueue.max_attempts then 'max_attempts' end], null);
        if cardinality(differing) > 0 then
            raise exception 'dedupe_key belongs to the message %, which differs in %', known.id,
                array_to_string(differing, ', ') using errcode = 'unique_violation';
        end if;
        return known.id;
    end if;
    insert into delivery_tag (tag, id)
    select t.tag, new_id from unnest(string_to_array(tag_lines, E'\n')) as t (tag);
    if due > now_micros then
        insert into delivery_later (run_at, id, attempt, priority, step, tried, lane)
        values (due, new_id, 0, signalbox_enqueue.priority, 0, 0, lane);
    else
        insert into delivery_ready (run_at, id, attempt, priority, step, tried, lane)
        values (due, new_id, 0, signalbox_enqueue.priority, 0, 0, lane);
        perform pg_notify('signalbox_delivery', lane);
    end if;
    return new_id;
end
$$;
