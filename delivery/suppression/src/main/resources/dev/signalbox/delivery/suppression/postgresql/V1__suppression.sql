-- Who gets no messages any more, and why. Times are microseconds since 1970 (UTC).
create table suppression (
    channel    text not null,
    address    text not null, -- of mail in lower case
    category   text not null, -- empty for all
    reason     text not null, -- BOUNCE, GONE, COMPLAINT, UNSUBSCRIBE, OPT_OUT, OPERATOR
    source     text not null,
    note       text,
    since      bigint not null,
    primary key (channel, address, category, reason)
);

-- What signs links with which people unsubscribe: one for all nodes.
create table suppression_secret (
    id     integer not null primary key check (id = 1),
    secret text    not null
);

-- What recipients want: the closest entry decides.
create table preference (
    recipient  text not null, -- a name, or a channel and an address
    category   text not null, -- empty for all
    channel    text not null, -- empty for all
    wanted     smallint not null, -- 1 or 0
    source     text not null,
    since      bigint not null,
    primary key (recipient, category, channel)
);
