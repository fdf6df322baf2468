create table trial_more (n bigint);
