-- Messages that wait for a person. Times are microseconds since 1970 (UTC).
create table inbox_item (
    -- As bytes: texts are equal whatever spaces they end with, and inboxes must not be.
    recipient  varbinary(512) not null,
    id         varbinary(512) not null, -- the idempotency key of the delivery, so that a repeated attempt adds nothing
    subject    nvarchar(max) collate Latin1_General_100_BIN2,
    body       nvarchar(max) collate Latin1_General_100_BIN2 not null,
    html       smallint      not null check (html in (0, 1)),
    category   nvarchar(64)  collate Latin1_General_100_BIN2,
    state      nvarchar(10)  collate Latin1_General_100_BIN2 not null check (state in ('UNREAD', 'READ', 'ARCHIVED')),
    created_at bigint        not null,
    changed_at bigint        not null, -- when it took its state
    primary key nonclustered (recipient, id)
);
create index inbox_item_newest on inbox_item (recipient, created_at, id);
create index inbox_item_age on inbox_item (created_at);
-- For the number of unread ones, which each change tells: without it, all items of the recipient would be read.
create index inbox_item_unread on inbox_item (recipient) where state = 'UNREAD';
