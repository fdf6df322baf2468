create table elsewhere (n integer);
