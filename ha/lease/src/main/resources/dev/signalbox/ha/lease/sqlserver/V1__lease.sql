-- Leases and fences. Times are microseconds since 1970 (UTC), by the database's clock. Names are visible ASCII.

-- One row for each name that was ever leased. It stays when the lease ends, since the epoch must only grow.
create table signalbox_lease (
    name  nvarchar(200) collate Latin1_General_100_BIN2 not null primary key,
    owner nvarchar(200) collate Latin1_General_100_BIN2 not null,
    epoch bigint        not null,
    until bigint        not null
);

-- The newest epoch that has written under each name.
create table signalbox_fence (
    name  nvarchar(200) collate Latin1_General_100_BIN2 not null primary key,
    epoch bigint        not null
);
