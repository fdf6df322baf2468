-- Endpoints of the channel webhook. Times are microseconds since 1970 (UTC).
create table webhook_endpoint (
    id              nvarchar(64)  collate Latin1_General_100_BIN2 not null primary key,
    url             nvarchar(max) collate Latin1_General_100_BIN2 not null,
    description     nvarchar(max) collate Latin1_General_100_BIN2 not null,
    created_at      bigint        not null,
    disabled_at     bigint, -- null while it is enabled
    disabled_cause  nvarchar(20)  collate Latin1_General_100_BIN2, -- OPERATOR, GONE, FAILING
    disabled_reason nvarchar(max) collate Latin1_General_100_BIN2,
    failures        int           not null default 0, -- in a row
    failing_since   bigint,
    last_failure_at bigint,
    last_failure    nvarchar(max) collate Latin1_General_100_BIN2,
    last_success_at bigint
);
create index webhook_endpoint_disabled on webhook_endpoint (disabled_at) where disabled_at is not null;

-- The keys that sign for an endpoint: the one without an end, and others until theirs.
create table webhook_key (
    endpoint   nvarchar(64)  collate Latin1_General_100_BIN2 not null,
    number     int           not null,
    secret     nvarchar(max) collate Latin1_General_100_BIN2 not null,
    created_at bigint        not null,
    until      bigint,
    primary key (endpoint, number),
    constraint webhook_key_endpoint foreign key (endpoint) references webhook_endpoint (id)
);
