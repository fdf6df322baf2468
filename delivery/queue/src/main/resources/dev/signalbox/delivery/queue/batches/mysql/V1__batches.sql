-- Messages that were enqueued together, of which somebody is told once when all have ended. Times are microseconds since 1970 (UTC).
create table delivery_batch (
    id           binary(16) not null primary key,
    created_at   bigint     not null,
    total        int        not null,
    remaining    int        not null check (remaining >= 0), -- how many have not ended
    completed_at bigint, -- when the last of them ended; from then on nothing changes
    callback     text,   -- whom to tell: one step a line, as in delivery_message; null for nobody
    told_by      binary(16), -- the message that tells
    digest       varchar(255) character set ascii collate ascii_bin not null, -- of its messages, encrypted where bodies are
    -- Since when somebody has to be told.
    untold_since bigint generated always as (case when told_by is null and callback is not null then completed_at end) stored,
    key delivery_batch_untold (untold_since),
    key delivery_batch_completed (completed_at),
    key delivery_batch_created (created_at, id)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

create table delivery_batch_message (
    id    binary(16)  not null,
    batch binary(16)  not null,
    state varchar(20), -- in which it ended; null as long as it has not
    primary key (id, batch),
    key delivery_batch_message_batch (batch, state)
) engine = innodb character set ascii collate ascii_bin;
