create table trial (n bigint primary key);
create table trial_text (body text not null) character set utf8mb4;
