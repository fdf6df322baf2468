-- Leases and fences. Times are microseconds since 1970 (UTC), by the database's clock. Names are visible ASCII, compared as bytes.

-- One row for each name that was ever leased. It stays when the lease ends, since the epoch must only grow.
create table signalbox_lease (
    name varchar(200) character set ascii collate ascii_bin not null primary key,
    owner varchar(200) character set ascii collate ascii_bin not null,
    epoch bigint not null,
    until bigint not null
) engine = innodb;

-- The newest epoch that has written under each name.
create table signalbox_fence (
    name varchar(200) character set ascii collate ascii_bin not null primary key,
    epoch bigint not null
) engine = innodb;
