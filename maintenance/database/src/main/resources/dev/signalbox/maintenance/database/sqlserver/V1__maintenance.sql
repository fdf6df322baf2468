-- Signals for all nodes that share this database, by the name of what they are for.
create table maintenance_signal (
    name nvarchar(200) collate Latin1_General_100_BIN2 not null primary key,
    word nvarchar(max) collate Latin1_General_100_BIN2 not null -- as SignalText reads it: "on", and lines with reason, actor and end
);
