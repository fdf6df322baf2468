create table trial (n bigint primary key);
create table trial_text (body nvarchar(1000) not null);
