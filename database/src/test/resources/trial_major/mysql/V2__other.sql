create table trial_other (n bigint);
