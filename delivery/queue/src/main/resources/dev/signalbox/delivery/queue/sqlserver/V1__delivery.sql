-- The delivery queue. Times are microseconds since 1970 (UTC), by the database's clock; ids are the 16 bytes of a UUID.
-- A reach is in exactly one of: ready, later, lease_entry, dead, or it was sent.
-- Texts are compared by the numbers of their characters, whatever the database's collation.

-- What to deliver; never changed but for key_version and the priorities. Its limits are those of Reach; what only Java can check (steps, headers)
-- and cannot read ends as dead.
create table delivery_message (
    id           binary(16)    not null primary key,
    accepted_at  bigint        not null,
    not_before   bigint        check (not_before > 0 and not_before < 253402214400000000), -- as the caller wished
    expires_at   bigint        check (expires_at > 0 and expires_at < 253402214400000000),
    priority     smallint      not null check (priority between 0 and 9),
    max_attempts smallint      not null check (max_attempts between 1 and 100),
    key_version  smallint      not null default 0, -- how often an operator asked for a new idempotency key
    asked_priority smallint, -- the caller's, where an operator has changed it
    steps        nvarchar(max) collate Latin1_General_100_BIN2 not null, -- one a line: channel:address [within 5s]
    body         nvarchar(max) collate Latin1_General_100_BIN2 not null check (datalength(body) between 1 and case unicode(body) when 26 then 175000 else 131072 end),
    headers      nvarchar(max) collate Latin1_General_100_BIN2, -- a JSON object
    dedupe_key   nvarchar(200) collate Latin1_General_100_BIN2,
    traceparent  nvarchar(55) collate Latin1_General_100_BIN2, -- the caller's place in a distributed trace (W3C)
    tags         nvarchar(max) collate Latin1_General_100_BIN2, -- one a line, in alphabetical order
    metadata     nvarchar(max) collate Latin1_General_100_BIN2, -- a JSON object
    time_zone    nvarchar(64) collate Latin1_General_100_BIN2, -- the recipient's, such as Europe/Berlin
    quiet_hours  nvarchar(11) collate Latin1_General_100_BIN2, -- the recipient's, such as 22:00-07:00
    dedupe_window   bigint check (dedupe_window > 0), -- how long the key stands in the way of another
    dedupe_freed_at bigint, -- when it was found to be over
    -- Texts are equal whatever spaces they end with, so that the length belongs to the key.
    dedupe_length as (datalength(dedupe_key)) persisted
);
create unique index delivery_message_dedupe on delivery_message (dedupe_key, dedupe_length) where dedupe_key is not null and dedupe_freed_at is null;

-- The tags of messages, to find these by.
create table delivery_tag (
    tag nvarchar(64) collate Latin1_General_100_BIN2 not null,
    id  binary(16)   not null,
    primary key (tag, id)
);

-- What is due, in the order of its claims.
create table delivery_ready (
    lane         nvarchar(16) collate Latin1_General_100_BIN2 not null,
    priority     smallint     not null,
    run_at       bigint       not null,
    id           binary(16)   not null,
    step         smallint     not null,
    attempt      int          not null,
    tried        smallint     not null,
    deadline     bigint,
    unsure_since bigint,
    primary key (lane, priority, run_at, id)
);

-- What waits for its time.
create table delivery_later (
    run_at       bigint       not null,
    id           binary(16)   not null,
    lane         nvarchar(16) collate Latin1_General_100_BIN2 not null,
    priority     smallint     not null,
    step         smallint     not null,
    attempt      int          not null,
    tried        smallint     not null,
    deadline     bigint,
    unsure_since bigint,
    primary key (run_at, id)
);

-- What is being sent: one row a claimed batch, and its entries that have no outcome yet. One without entries only keeps a claim
-- from making it.
create table delivery_lease (
    id         binary(16)   not null primary key,
    lane       nvarchar(16) collate Latin1_General_100_BIN2 not null,
    owner      nvarchar(64) collate Latin1_General_100_BIN2 not null,
    claimed_at bigint       not null,
    until      bigint       not null
);
create index delivery_lease_until on delivery_lease (until);
create index delivery_lease_owner on delivery_lease (owner);
create table delivery_lease_entry (
    lease        binary(16) not null,
    id           binary(16) not null,
    step         smallint   not null,
    attempt      int        not null,
    tried        smallint   not null,
    deadline     bigint,
    unsure_since bigint,
    primary key (lease, id)
);

-- A claim passes over rows that are locked, but not over a table: many locks of one transaction must not become one of the table.
alter table delivery_message set (lock_escalation = disable);
alter table delivery_ready set (lock_escalation = disable);
alter table delivery_later set (lock_escalation = disable);
alter table delivery_lease set (lock_escalation = disable);
alter table delivery_lease_entry set (lock_escalation = disable);

-- Until when some node says that it serves a channel. Of one that none serves, time limits act without a claim.
create table delivery_lane (
    lane         nvarchar(16) collate Latin1_General_100_BIN2 not null primary key,
    served_until bigint       not null
);

-- The lanes that an operator holds back on all nodes; '*' holds back all of them.
create table delivery_pause (
    lane  nvarchar(16)  collate Latin1_General_100_BIN2 not null primary key,
    since bigint        not null,
    actor nvarchar(200) collate Latin1_General_100_BIN2,
    note  nvarchar(max) collate Latin1_General_100_BIN2
);

-- What was taken of a limit that holds for all nodes since its interval began: of a lane, or of all lanes, which is '*'.
create table delivery_budget (
    name  nvarchar(16) collate Latin1_General_100_BIN2 not null primary key,
    began bigint       not null,
    spent int          not null
);

-- The same for one recipient of a lane. The key is longer than those in whose order rows may stand.
create table delivery_recipient (
    lane    nvarchar(16)  collate Latin1_General_100_BIN2 not null,
    address nvarchar(512) collate Latin1_General_100_BIN2 not null,
    began   bigint        not null,
    spent   int           not null,
    primary key nonclustered (lane, address)
);
create index delivery_recipient_began on delivery_recipient (lane, began);

-- The history: only ever added to. The key makes a second completion of one attempt impossible.
create table delivery_outcome (
    id          binary(16)    not null,
    attempt     int           not null,
    step        smallint      not null,
    result      nvarchar(20)  collate Latin1_General_100_BIN2 not null,
    state       nvarchar(20)  collate Latin1_General_100_BIN2 not null,
    at          bigint        not null,
    next_at     bigint,
    millis      int           not null,
    provider_id nvarchar(max) collate Latin1_General_100_BIN2,
    error       nvarchar(max) collate Latin1_General_100_BIN2,
    actor       nvarchar(200) collate Latin1_General_100_BIN2, -- who cancelled, retried or resolved it
    note        nvarchar(max) collate Latin1_General_100_BIN2, -- and why
    failed_at   as (case when error is not null then at end) persisted, -- for the errors of the last hour
    primary key (id, attempt)
);
create index delivery_outcome_errors on delivery_outcome (failed_at);

-- The rows of the table messages that were taken into the queue, until they are marked as sent there.
create table delivery_intake (
    message bigint        not null primary key, -- its id there
    id      binary(16), -- here; null where it makes no message
    problem nvarchar(max) collate Latin1_General_100_BIN2
);
create index delivery_intake_id on delivery_intake (id);

-- Messages that are enqueued again and again.
create table delivery_recurring (
    name    nvarchar(64)  collate Latin1_General_100_BIN2 not null primary key,
    cron    nvarchar(max) collate Latin1_General_100_BIN2 not null,
    zone    nvarchar(64)  collate Latin1_General_100_BIN2 not null, -- by whose clock its times come
    message nvarchar(max) collate Latin1_General_100_BIN2 not null, -- as its owner writes it
    next_at bigint        not null,
    last_at bigint, -- for which time it was enqueued last
    problem nvarchar(max) collate Latin1_General_100_BIN2 -- why it was not, the last time that it should have been
);

-- What ended without being sent, or was parked, with the reason.
create table delivery_dead (
    id      binary(16)    not null primary key,
    state   nvarchar(20)  collate Latin1_General_100_BIN2 not null,
    attempt int           not null,
    at      bigint        not null,
    reason  nvarchar(max) collate Latin1_General_100_BIN2
);
create index delivery_dead_state on delivery_dead (state, id);

-- How many ended how; the sum over the shards. Nodes write to different shards, so they do not wait for one another.
create table delivery_tally (
    shard   smallint     not null,
    channel nvarchar(16) collate Latin1_General_100_BIN2 not null,
    state   nvarchar(20) collate Latin1_General_100_BIN2 not null,
    n       bigint       not null,
    primary key (shard, channel, state)
);
