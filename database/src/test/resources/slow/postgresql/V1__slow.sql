create table slow (others integer not null);
-- Counts who else creates tables while this script runs, for half a second.
do $$
declare
    seen integer := 0;
begin
    for i in 1..50 loop
        seen := greatest(seen, (
            select count(distinct pid) from pg_locks
            where database = (select oid from pg_database where datname = current_database())
              and locktype = 'relation' and mode = 'AccessExclusiveLock' and pid <> pg_backend_pid()));
        perform pg_sleep(0.01);
    end loop;
    insert into slow values (seen);
end
$$;
