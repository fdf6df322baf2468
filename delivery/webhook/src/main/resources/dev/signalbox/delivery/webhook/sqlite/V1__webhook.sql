-- Endpoints of the channel webhook. Times are microseconds since 1970 (UTC).
create table webhook_endpoint (
    id              text    not null primary key,
    url             text    not null,
    description     text    not null,
    created_at      integer not null,
    disabled_at     integer, -- null while it is enabled
    disabled_cause  text, -- OPERATOR, GONE, FAILING
    disabled_reason text,
    failures        integer not null default 0, -- in a row
    failing_since   integer,
    last_failure_at integer,
    last_failure    text,
    last_success_at integer
) without rowid;
create index webhook_endpoint_disabled on webhook_endpoint (disabled_at) where disabled_at is not null;

-- The keys that sign for an endpoint: the one without an end, and others until theirs.
create table webhook_key (
    endpoint   text    not null references webhook_endpoint (id),
    number     integer not null,
    secret     text    not null,
    created_at integer not null,
    until      integer,
    primary key (endpoint, number)
) without rowid;
