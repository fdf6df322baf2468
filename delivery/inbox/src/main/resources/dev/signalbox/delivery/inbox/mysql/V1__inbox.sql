-- Messages that wait for a person. Times are microseconds since 1970 (UTC).
create table inbox_item (
    recipient  varbinary(384) not null, -- as bytes: texts are equal whatever spaces they end with, and so would inboxes be
    id         varbinary(384) not null, -- the idempotency key of the delivery, so that a repeated attempt adds nothing
    subject    text,
    body       mediumtext not null,
    html       smallint   not null check (html in (0, 1)),
    category   text,
    state      varchar(16) character set ascii collate ascii_bin not null
        check (state in ('UNREAD', 'READ', 'ARCHIVED')),
    created_at bigint     not null,
    changed_at bigint     not null, -- when it took its state
    primary key (recipient, id),
    key inbox_item_newest (recipient, created_at, id),
    key inbox_item_age (created_at),
    key inbox_item_unread (recipient, state) -- for their number, which each change tells
) engine = innodb character set utf8mb4 collate utf8mb4_bin;
