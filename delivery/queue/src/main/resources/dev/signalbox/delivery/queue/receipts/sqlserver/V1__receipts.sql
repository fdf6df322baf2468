-- What providers told of messages after they took them: the state that counts, for each of a provider's names for the message.
-- Times are microseconds since 1970 (UTC).
create table delivery_receipt (
    id          binary(16)    not null,
    provider_id nvarchar(255) collate Latin1_General_100_BIN2 not null,
    step        smallint      not null,
    status      nvarchar(16)  collate Latin1_General_100_BIN2 not null, -- BUFFERED, SENT, UNDELIVERED, DELIVERED
    status_rank smallint      not null, -- only grows
    code        nvarchar(100) collate Latin1_General_100_BIN2, -- the provider's own
    at          bigint        not null, -- when it came here
    primary key (id, provider_id),
    constraint delivery_receipt_message foreign key (id) references delivery_message (id) on delete cascade
);
