create table slow (others integer not null);
insert into slow values (0);
