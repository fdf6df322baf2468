-- Who gets no messages any more, and why. Times are microseconds since 1970 (UTC). Texts are compared as bytes.
create table suppression (
    channel  varchar(16)  character set ascii collate ascii_bin not null,
    address  varchar(512) not null, -- of mail in lower case
    category varchar(64)  character set ascii collate ascii_bin not null, -- empty for all
    reason   varchar(20)  character set ascii collate ascii_bin not null, -- BOUNCE, GONE, COMPLAINT, UNSUBSCRIBE, OPT_OUT, OPERATOR
    source   varchar(200) not null,
    note     varchar(500),
    since    bigint       not null,
    primary key (channel, address, category, reason)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- What signs links with which people unsubscribe: one for all nodes.
create table suppression_secret (
    id     int         not null primary key check (id = 1),
    secret varchar(64) not null
) engine = innodb character set ascii collate ascii_bin;

-- What recipients want: the closest entry decides.
create table preference (
    recipient varchar(600) not null, -- a name, or a channel and an address
    category  varchar(64)  character set ascii collate ascii_bin not null, -- empty for all
    channel   varchar(16)  character set ascii collate ascii_bin not null, -- empty for all
    wanted    smallint     not null, -- 1 or 0
    source    varchar(200) not null,
    since     bigint       not null,
    primary key (recipient, category, channel)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;
