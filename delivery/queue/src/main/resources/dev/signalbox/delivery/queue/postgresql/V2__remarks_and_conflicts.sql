-- Who did something to a reach, and why.
alter table delivery_outcome add column actor text, add column note text;

-- For the errors of the last hour; successes have no entry.
create index delivery_outcome_errors on delivery_outcome (at) where error is not null;

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
create or replace function signalbox_enqueue(
    steps        text,
    body         text,
    dedupe_key   text        default null,
    priority     integer     default 5,
    at           timestamptz default null,
    expires_at   timestamptz default null,
    max_attempts integer     default 5,
    headers      jsonb       default null
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
    if least(at, expires_at) <= 'epoch' or greatest(at, expires_at) >= '9999-12-31 00:00:00+00' then
        raise exception 'at and expires_at must be between 1970 and 9999' using errcode = 'check_violation';
    end if;
    insert into delivery_message (accepted_at, due_at, not_before, expires_at, id, priority, max_attempts, steps, body,
                                  headers, dedupe_key)
    values (now_micros, due, (extract(epoch from signalbox_enqueue.at) * 1000000)::bigint,
            (extract(epoch from signalbox_enqueue.expires_at) * 1000000)::bigint, new_id, signalbox_enqueue.priority,
            signalbox_enqueue.max_attempts, signalbox_enqueue.steps, signalbox_enqueue.body,
            signalbox_enqueue.headers::text, signalbox_enqueue.dedupe_key)
    on conflict do nothing;
    if not found then
        select m.* into known from delivery_message m where m.dedupe_key = signalbox_enqueue.dedupe_key;
        differing := array_remove(array[
            case when known.steps <> signalbox_enqueue.steps then 'steps' end,
            case when known.body <> signalbox_enqueue.body then 'body' end,
            case when coalesce(known.headers::jsonb, '{}') <> coalesce(signalbox_enqueue.headers, '{}') then 'headers' end,
            case when known.priority <> signalbox_enqueue.priority then 'priority' end,
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
