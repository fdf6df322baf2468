-- Endpoints of the channel webhook. Times are microseconds since 1970 (UTC).
create table webhook_endpoint (
    id              varchar(64) character set ascii collate ascii_bin not null primary key,
    url             text        not null,
    description     text        not null,
    created_at      bigint      not null,
    disabled_at     bigint, -- null while it is enabled
    disabled_cause  varchar(20) character set ascii collate ascii_bin, -- OPERATOR, GONE, FAILING
    disabled_reason text,
    failures        int         not null default 0, -- in a row
    failing_since   bigint,
    last_failure_at bigint,
    last_failure    text,
    last_success_at bigint,
    key webhook_endpoint_disabled (disabled_at)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- The keys that sign for an endpoint: the one without an end, and others until theirs.
create table webhook_key (
    endpoint   varchar(64) not null,
    number     int         not null,
    secret     text        not null,
    created_at bigint      not null,
    until      bigint,
    primary key (endpoint, number),
    constraint webhook_key_endpoint foreign key (endpoint) references webhook_endpoint (id)
) engine = innodb character set ascii collate ascii_bin;
