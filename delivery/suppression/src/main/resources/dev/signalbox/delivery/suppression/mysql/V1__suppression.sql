-- Who gets no messages any more, and why. Times are microseconds since 1970 (UTC).
create table suppression (
    channel    varchar(16) character set ascii collate ascii_bin not null,
    address    varchar(512) not null, -- of mail in lower case
    category   varchar(64) character set ascii collate ascii_bin not null, -- empty for all
    reason     varchar(16) character set ascii collate ascii_bin not null, -- BOUNCE, GONE, COMPLAINT, UNSUBSCRIBE, OPT_OUT, OPERATOR
    source     varchar(200) not null,
    note       text,
    since      bigint       not null,
    primary key (channel, address, category, reason)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- What signs links with which people unsubscribe: one for all nodes.
create table suppression_secret (
    id     int  not null primary key check (id = 1),
    secret text not null
) engine = innodb character set utf8mb4 collate utf8mb4_bin;
