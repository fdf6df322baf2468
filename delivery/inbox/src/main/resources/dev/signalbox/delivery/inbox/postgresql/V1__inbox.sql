-- Messages that wait for a person. Times are microseconds since 1970 (UTC).
create table inbox_item (
    recipient  text not null,
    id         text not null, -- the idempotency key of the delivery, so that a repeated attempt adds nothing
    subject    text,
    body       text not null,
    html       integer not null check (html in (0, 1)),
    category   text,
    state      text not null check (state in ('UNREAD', 'READ', 'ARCHIVED')),
    created_at bigint not null,
    changed_at bigint not null, -- when it took its state
    primary key (recipient, id)
);

create index inbox_item_newest on inbox_item (recipient, created_at, id);
create index inbox_item_age on inbox_item (created_at);
-- For their number, which each change tells: without it, all items of the recipient would be read.
create index inbox_item_unread on inbox_item (recipient) where state = 'UNREAD';
