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
