-- The delivery queue. Times are microseconds since 1970 (UTC); ids are the 16 bytes of a UUID.
-- A reach is in exactly one of: ready, later, lease_entry, dead, or it was sent.

-- What to deliver; never changed but for key_version and the priorities. Its limits are those of Reach; what only Java can check (steps, headers)
-- and cannot read ends as dead.
create table delivery_message (
    id           blob    not null primary key,
    accepted_at  integer not null,
    not_before   integer check (not_before > 0 and not_before < 253402214400000000), -- as the caller wished; until then, or accepted_at, the first attempt waits
    expires_at   integer check (expires_at > 0 and expires_at < 253402214400000000),
    priority     integer not null check (priority between 0 and 9),
    max_attempts integer not null check (max_attempts between 1 and 100),
    key_version  integer not null default 0, -- how often an operator asked for a new idempotency key
    asked_priority integer, -- the caller's, where an operator has changed it
    steps        text    not null, -- one a line: channel:address [within 5s]
    body         text    not null check (length(cast(body as blob)) between 1 and case unicode(body) when 26 then 87500 else 65536 end),
    headers      text,             -- a JSON object
    dedupe_key   text    check (length(dedupe_key) between 1 and 200),
    traceparent  text    check (length(traceparent) = 55), -- the caller's place in a distributed trace (W3C)
    tags         text,             -- one a line, in alphabetical order
    metadata     text,             -- a JSON object
    time_zone    text,             -- the recipient's, such as Europe/Berlin
    quiet_hours  text,             -- the recipient's, such as 22:00-07:00
    dedupe_window   integer check (dedupe_window > 0), -- how long the key stands in the way of another
    dedupe_freed_at integer        -- when it was found to be over
) without rowid;
create unique index delivery_message_dedupe on delivery_message (dedupe_key)
    where dedupe_key is not null and dedupe_freed_at is null;

-- The tags of messages, to find these by.
create table delivery_tag (
    tag text not null,
    id  blob not null,
    primary key (tag, id)
) without rowid;

-- What is due, in the order of its claims.
create table delivery_ready (
    lane         text    not null,
    priority     integer not null,
    run_at       integer not null,
    id           blob    not null,
    step         integer not null,
    attempt      integer not null,
    tried        integer not null,
    deadline     integer,
    unsure_since integer,
    primary key (lane, priority, run_at, id)
) without rowid;

-- What waits for its time.
create table delivery_later (
    run_at       integer not null,
    id           blob    not null,
    lane         text    not null,
    priority     integer not null,
    step         integer not null,
    attempt      integer not null,
    tried        integer not null,
    deadline     integer,
    unsure_since integer,
    primary key (run_at, id)
) without rowid;

-- What is being sent: one row a claimed batch, and its entries that have no outcome yet.
create table delivery_lease (
    id         blob    not null primary key,
    lane       text    not null,
    owner      text    not null,
    claimed_at integer not null,
    until      integer not null
) without rowid;
create table delivery_lease_entry (
    lease        blob    not null,
    id           blob    not null,
    step         integer not null,
    attempt      integer not null,
    tried        integer not null,
    deadline     integer,
    unsure_since integer,
    primary key (lease, id)
) without rowid;

-- Until when some node says that it serves a channel. Of one that none serves, time limits act without a claim.
create table delivery_lane (
    lane         text not null primary key,
    served_until integer not null
) without rowid;

-- The lanes that an operator holds back on all nodes; '*' holds back all of them.
create table delivery_pause (
    lane  text    not null primary key,
    since integer not null,
    actor text,
    note  text
) without rowid;

-- What was taken of a limit that holds for all nodes since its interval began: of a lane, or of all lanes, which is '*'.
create table delivery_budget (
    name  text    not null primary key,
    began integer not null,
    spent integer not null
) without rowid;

-- The same for one recipient of a lane.
create table delivery_recipient (
    lane    text    not null,
    address text    not null,
    began   integer not null,
    spent   integer not null,
    primary key (lane, address)
) without rowid;
create index delivery_recipient_began on delivery_recipient (lane, began);

-- The history: only ever added to. The key makes a second completion of one attempt impossible.
create table delivery_outcome (
    id          blob    not null,
    attempt     integer not null,
    step        integer not null,
    result      text    not null,
    state       text    not null,
    at          integer not null,
    next_at     integer,
    millis      integer not null,
    provider_id text,
    error       text,
    actor       text, -- who cancelled, retried or resolved it
    note        text, -- and why
    primary key (id, attempt)
) without rowid;
-- For the errors of the last hour; successes have no entry.
create index delivery_outcome_errors on delivery_outcome (at) where error is not null;

-- The rows of the table messages that were taken into the queue, until they are marked as sent there.
create table delivery_intake (
    message integer not null primary key, -- its id there
    id      blob,                         -- here; null where it makes no message
    problem text
);
create index delivery_intake_id on delivery_intake (id);

-- Messages that are enqueued again and again.
create table delivery_recurring (
    name    text not null primary key,
    cron    text not null,
    zone    text not null,      -- by whose clock its times come
    message text not null,      -- as its owner writes it
    next_at integer not null,
    last_at integer,             -- for which time it was enqueued last
    problem text                -- why it was not, the last time that it should have been
) without rowid;

-- What ended without being sent, or was parked, with the reason.
create table delivery_dead (
    id      blob    not null primary key,
    state   text    not null,
    attempt integer not null,
    at      integer not null,
    reason  text
) without rowid;
create index delivery_dead_state on delivery_dead (state, id);

-- How many ended how; the sum over the shards.
create table delivery_tally (
    shard   integer not null,
    channel text    not null,
    state   text    not null,
    n       integer not null,
    primary key (shard, channel, state)
) without rowid;
