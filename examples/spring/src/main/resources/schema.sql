create table if not exists orders (phone varchar(40) not null, what varchar(100) not null);
