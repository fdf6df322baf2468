-- What providers told of messages after they took them: the state that counts, for each of a provider's names for the message.
-- Times are microseconds since 1970 (UTC).
create table delivery_receipt (
    id          blob     not null references delivery_message (id) on delete cascade,
    provider_id text not null,
    step        integer  not null,
    status      text not null, -- BUFFERED, SENT, UNDELIVERED, DELIVERED
    status_rank integer  not null, -- only grows
    code        text, -- the provider's own
    at          integer  not null, -- when it came here
    primary key (id, provider_id)
) without rowid;
