-- Every change of a signal is told at once, also one that is made by hand.
create function maintenance_signal_tell() returns trigger language plpgsql as $$
begin
    perform pg_notify('signalbox_maintenance', '');
    return null;
end
$$;

create trigger maintenance_signal_changed after insert or update or delete on maintenance_signal
for each statement execute function maintenance_signal_tell();
