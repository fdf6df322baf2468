-- Messages that were enqueued together, of which somebody is told once when all have ended. Times are microseconds since 1970 (UTC).
create table delivery_batch (
    id           binary(16)    not null primary key,
    created_at   bigint        not null,
    total        int           not null,
    remaining    int           not null check (remaining >= 0), -- how many have not ended
    completed_at bigint, -- when the last of them ended; from then on nothing changes
    callback     nvarchar(max) collate Latin1_General_100_BIN2, -- whom to tell: one step a line, as in delivery_message; null for nobody
    told_by      binary(16), -- the message that tells
    digest       nvarchar(255) collate Latin1_General_100_BIN2 not null, -- of its messages, encrypted where bodies are
    -- Since when somebody has to be told.
    untold_since as (case when told_by is null and callback is not null then completed_at end) persisted
);
create index delivery_batch_open on delivery_batch (id) where completed_at is null;
create index delivery_batch_untold on delivery_batch (untold_since);
create index delivery_batch_completed on delivery_batch (completed_at);
create index delivery_batch_created on delivery_batch (created_at, id);

create table delivery_batch_message (
    id    binary(16)   not null,
    batch binary(16)   not null,
    state nvarchar(20) collate Latin1_General_100_BIN2, -- in which it ended; null as long as it has not
    primary key (id, batch)
);
create index delivery_batch_message_batch on delivery_batch_message (batch, state);
