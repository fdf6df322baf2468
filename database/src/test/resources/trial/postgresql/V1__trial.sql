create table trial (n bigint primary key);
