-- Leases and fences. Times are microseconds since 1970 (UTC), by the database's clock.

-- One row for each name that was ever leased. It stays when the lease ends, since the epoch must only grow.
create table signalbox_lease (
    name text not null primary key,
    owner text not null,
    epoch bigint not null,
    until bigint not null,
    -- Equal to the epoch if the holder shows by an advisory lock that it lives, which it took since the server was started at lock_server.
    lock_epoch bigint,
    lock_server timestamptz
);

-- The newest epoch that has written under each name.
create table signalbox_fence (
    name text not null primary key,
    epoch bigint not null
);
