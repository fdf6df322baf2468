package dev.signalbox.examples;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.database.GatedDataSource;
import dev.signalbox.maintenance.database.PoolGateOptions;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** A program with Jdbi that gives its connections back before its database is upgraded, and goes on afterwards. */
public final class MaintenanceJdbiExample {
    private final Jdbi jdbi;

    MaintenanceJdbiExample(Maintenance maintenance, DataSource pool) {
        // Before the gate: the program may be started while the node is in maintenance.
        Jdbi.create(pool)
                .useHandle(
                        handle -> handle.execute("create table if not exists purchase (what varchar(100) not null)"));
        jdbi = Jdbi.create(GatedDataSource.join(maintenance, pool, PoolGateOptions.defaults()));
    }

    public static void main(String[] args) throws InterruptedException {
        try (Maintenance maintenance = MaintenanceDemo.start();
                Database database = Database.open(DatabaseConfig.of("sqlite:jdbi.db"))) {
            var shop = new MaintenanceJdbiExample(maintenance, database.dataSource());
            MaintenanceDemo.eachSecond(() -> "purchases: " + shop.buy("bread"));
        }
    }

    /** Returns how many there are now. */
    int buy(String what) {
        return jdbi.inTransaction(handle -> {
            handle.execute("insert into purchase (what) values (?)", what);
            return handle.createQuery("select count(*) from purchase")
                    .mapTo(Integer.class)
                    .one();
        });
    }
}
