-- The delivery queue. Times are microseconds since 1970 (UTC), by the database's clock; ids are the 16 bytes of a UUID.
-- A reach is in exactly one of: ready, later, lease_entry, dead, or it was sent.
-- Texts are compared as bytes. Names that the queue makes itself, or allows few characters in, are ASCII.

-- What to deliver; never changed but for key_version and the priorities. Its limits are those of Reach; what only Java can check (steps, headers)
-- and cannot read ends as dead.
create table delivery_message (
    id           binary(16) not null primary key,
    accepted_at  bigint     not null,
    not_before   bigint check (not_before > 0 and not_before < 253402214400000000), -- as the caller wished; until then, or accepted_at, the first attempt waits
    expires_at   bigint check (expires_at > 0 and expires_at < 253402214400000000),
    priority     smallint   not null check (priority between 0 and 9),
    max_attempts smallint   not null check (max_attempts between 1 and 100),
    key_version  smallint   not null default 0, -- how often an operator asked for a new idempotency key
    asked_priority smallint, -- the caller's, where an operator has changed it
    steps        text       not null, -- one a line: channel:address [within 5s]
    body         mediumtext not null check (octet_length(body) between 1 and case ascii(body) when 26 then 87500 else 65536 end),
    headers      mediumtext, -- a JSON object
    dedupe_key   varchar(200) check (octet_length(dedupe_key) > 0),
    traceparent  varchar(55) character set ascii collate ascii_bin, -- the caller's place in a distributed trace (W3C)
    tags         text,       -- one a line, in alphabetical order
    metadata     mediumtext, -- a JSON object
    time_zone    varchar(64), -- the recipient's, such as Europe/Berlin
    quiet_hours  varchar(11), -- the recipient's, such as 22:00-07:00
    dedupe_window   bigint check (dedupe_window > 0), -- how long the key stands in the way of another
    dedupe_freed_at bigint, -- when it was found to be over
    -- The key while it stands in the way. As bytes: texts of this character set are equal whatever spaces they end with.
    dedupe_held  varbinary(800) generated always as (case when dedupe_freed_at is null then dedupe_key end) stored,
    unique key delivery_message_dedupe (dedupe_held)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- The tags of messages, to find these by.
create table delivery_tag (
    tag varchar(64) not null,
    id  binary(16)  not null,
    primary key (tag, id)
) engine = innodb character set ascii collate ascii_bin;

-- What is due, in the order of its claims.
create table delivery_ready (
    lane         varchar(16) not null,
    priority     smallint    not null,
    run_at       bigint      not null,
    id           binary(16)  not null,
    step         smallint    not null,
    attempt      int         not null,
    tried        smallint    not null,
    deadline     bigint,
    unsure_since bigint,
    primary key (lane, priority, run_at, id)
) engine = innodb character set ascii collate ascii_bin;

-- What waits for its time.
create table delivery_later (
    run_at       bigint      not null,
    id           binary(16)  not null,
    lane         varchar(16) not null,
    priority     smallint    not null,
    step         smallint    not null,
    attempt      int         not null,
    tried        smallint    not null,
    deadline     bigint,
    unsure_since bigint,
    primary key (run_at, id)
) engine = innodb character set ascii collate ascii_bin;

-- What is being sent: one row a claimed batch, and its entries that have no outcome yet. One without entries only keeps a claim
-- from making it.
create table delivery_lease (
    id         binary(16)  not null primary key,
    lane       varchar(16) not null,
    owner      varchar(64) not null,
    claimed_at bigint      not null,
    until      bigint      not null,
    key delivery_lease_until (until),
    key delivery_lease_owner (owner)
) engine = innodb character set ascii collate ascii_bin;
create table delivery_lease_entry (
    lease        binary(16) not null,
    id           binary(16) not null,
    step         smallint   not null,
    attempt      int        not null,
    tried        smallint   not null,
    deadline     bigint,
    unsure_since bigint,
    primary key (lease, id)
) engine = innodb;

-- Until when some node says that it serves a channel. Of one that none serves, time limits act without a claim.
create table delivery_lane (
    lane         varchar(16) not null primary key,
    served_until bigint      not null
) engine = innodb character set ascii collate ascii_bin;

-- The lanes that an operator holds back on all nodes; '*' holds back all of them.
create table delivery_pause (
    lane  varchar(16) character set ascii collate ascii_bin not null primary key,
    since bigint      not null,
    actor varchar(200),
    note  text
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- What was taken of a limit that holds for all nodes since its interval began: of a lane, or of all lanes, which is '*'.
create table delivery_budget (
    name  varchar(16) not null primary key,
    began bigint      not null,
    spent int         not null
) engine = innodb character set ascii collate ascii_bin;

-- The same for one recipient of a lane.
create table delivery_recipient (
    lane    varchar(16) character set ascii collate ascii_bin not null,
    address varchar(512) not null,
    began   bigint       not null,
    spent   int          not null,
    primary key (lane, address),
    key delivery_recipient_began (lane, began)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- The history: only ever added to. The key makes a second completion of one attempt impossible.
create table delivery_outcome (
    id          binary(16) not null,
    attempt     int        not null,
    step        smallint   not null,
    result      varchar(20) character set ascii collate ascii_bin not null,
    state       varchar(20) character set ascii collate ascii_bin not null,
    at          bigint     not null,
    next_at     bigint,
    millis      int        not null,
    provider_id text,
    error       text,
    actor       varchar(200), -- who cancelled, retried or resolved it
    note        text, -- and why
    failed_at   bigint generated always as (case when error is not null then at end) stored, -- for the errors of the last hour
    primary key (id, attempt),
    key delivery_outcome_errors (failed_at)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- The rows of the table messages that were taken into the queue, until they are marked as sent there.
create table delivery_intake (
    message bigint not null primary key, -- its id there
    id      binary(16), -- here; null where it makes no message
    problem text,
    key delivery_intake_id (id)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- Messages that are enqueued again and again.
create table delivery_recurring (
    name    varchar(64) character set ascii collate ascii_bin not null primary key,
    cron    text       not null,
    zone    varchar(64) not null,     -- by whose clock its times come
    message mediumtext not null,      -- as its owner writes it
    next_at bigint     not null,
    last_at bigint,                   -- for which time it was enqueued last
    problem text                      -- why it was not, the last time that it should have been
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- What ended without being sent, or was parked, with the reason.
create table delivery_dead (
    id      binary(16) not null primary key,
    state   varchar(20) character set ascii collate ascii_bin not null,
    attempt int        not null,
    at      bigint     not null,
    reason  text,
    key delivery_dead_state (state, id)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- How many ended how; the sum over the shards. Nodes write to different shards, so they do not wait for one another.
create table delivery_tally (
    shard   smallint    not null,
    channel varchar(16) not null,
    state   varchar(20) not null,
    n       bigint      not null,
    primary key (shard, channel, state)
) engine = innodb character set ascii collate ascii_bin;
