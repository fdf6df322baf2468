-- Messages that wait for a person. Times are microseconds since 1970 (UTC).
create table inbox_item (
    -- As bytes: texts of this character set are equal whatever spaces they end with, and inboxes must not be.
    recipient  varbinary(512) not null,
    id         varbinary(512) not null, -- the idempotency key of the delivery, so that a repeated attempt adds nothing
    subject    text,
    body       mediumtext  not null,
    html       smallint    not null check (html in (0, 1)),
    category   varchar(64) character set ascii collate ascii_bin,
    state      varchar(10) character set ascii collate ascii_bin not null check (state in ('UNREAD', 'READ', 'ARCHIVED')),
    created_at bigint      not null,
    changed_at bigint      not null, -- when it took its state
    primary key (recipient, id),
    key inbox_item_newest (recipient, created_at, id),
    key inbox_item_age (created_at),
    -- For the number of unread ones, which each change tells: without it, all items of the recipient would be read.
    key inbox_item_unread (recipient, state)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;
