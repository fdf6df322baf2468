-- Who gets no messages any more, and why. Times are microseconds since 1970 (UTC). The keys of both tables are longer than those in
-- whose order rows may stand.
create table suppression (
    channel  nvarchar(16)  collate Latin1_General_100_BIN2 not null,
    address  nvarchar(512) collate Latin1_General_100_BIN2 not null, -- of mail in lower case
    category nvarchar(64)  collate Latin1_General_100_BIN2 not null, -- empty for all
    reason   nvarchar(20)  collate Latin1_General_100_BIN2 not null, -- BOUNCE, GONE, COMPLAINT, UNSUBSCRIBE, OPT_OUT, OPERATOR
    source   nvarchar(200) collate Latin1_General_100_BIN2 not null,
    note     nvarchar(500) collate Latin1_General_100_BIN2,
    since    bigint        not null,
    primary key nonclustered (channel, address, category, reason)
);

-- What signs links with which people unsubscribe: one for all nodes.
create table suppression_secret (
    id     int          not null primary key check (id = 1),
    secret nvarchar(64) collate Latin1_General_100_BIN2 not null
);

-- What recipients want: the closest entry decides.
create table preference (
    recipient nvarchar(600) collate Latin1_General_100_BIN2 not null, -- a name, or a channel and an address
    category  nvarchar(64)  collate Latin1_General_100_BIN2 not null, -- empty for all
    channel   nvarchar(16)  collate Latin1_General_100_BIN2 not null, -- empty for all
    wanted    smallint      not null, -- 1 or 0
    source    nvarchar(200) collate Latin1_General_100_BIN2 not null,
    since     bigint        not null,
    primary key nonclustered (recipient, category, channel)
);
