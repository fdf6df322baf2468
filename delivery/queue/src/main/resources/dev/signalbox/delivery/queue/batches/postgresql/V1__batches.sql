-- Messages that were enqueued together, of which somebody is told once when all have ended. Times are microseconds since 1970 (UTC).
create table delivery_batch (
    id           uuid    not null primary key,
    created_at   bigint  not null,
    total        integer not null,
    remaining    integer not null check (remaining >= 0), -- how many have not ended
    completed_at bigint, -- when the last of them ended; from then on nothing changes
    callback     text,   -- whom to tell: one step a line, as in delivery_message; null for nobody
    told_by      uuid,   -- the message that tells
    digest       text    not null, -- of its messages, encrypted where bodies are
    untold_since bigint generated always as (case when told_by is null and callback is not null then completed_at end) stored -- since when somebody has to be told
);
create index delivery_batch_open on delivery_batch (id) where completed_at is null;
create index delivery_batch_untold on delivery_batch (untold_since) where untold_since is not null;
create index delivery_batch_completed on delivery_batch (completed_at);
create index delivery_batch_created on delivery_batch (created_at, id);

create table delivery_batch_message (
    id    uuid not null,
    batch uuid not null,
    state text, -- in which it ended; null as long as it has not
    primary key (id, batch)
);
create index delivery_batch_message_batch on delivery_batch_message (batch, state);
