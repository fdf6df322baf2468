-- Signals for all nodes that share this database, by the name of what they are for.
create table maintenance_signal (
    name varchar(200) not null primary key,
    word text         not null -- as SignalText reads it: "on", and lines with reason, actor and end
) engine = innodb character set utf8mb4 collate utf8mb4_bin;
