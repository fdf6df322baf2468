package dev.signalbox.examples;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.database.GatedDataSource;
import dev.signalbox.maintenance.database.PoolGateOptions;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;

/** A program whose connections are called back before its database is upgraded; Jdbi and Hibernate take the same DataSource. */
public final class MaintenanceDatabaseExample {
    private MaintenanceDatabaseExample() {}

    public static void main(String[] args) throws SQLException, InterruptedException {
        try (Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
                Database database = Database.open(DatabaseConfig.of("sqlite:orders.db"))) {
            DataSource orders = gated(maintenance, database.dataSource());
            System.out.println("before: " + count(orders));
            maintenance.enter(Signal.of("alice", "upgrade of the database"));
            maintenance.await(Admission.CLOSED, Duration.ofMinutes(1));
            System.out.println("report: " + maintenance.reports().getFirst().outcome());
            try {
                System.out.println("during: " + count(orders));
            } catch (SQLTransientConnectionException refused) {
                System.out.println("during: " + refused.getMessage());
            }
        }
    }

    static DataSource gated(Maintenance maintenance, DataSource pool) {
        return GatedDataSource.join(maintenance, pool, PoolGateOptions.defaults());
    }

    static int count(DataSource orders) throws SQLException {
        try (var connection = orders.getConnection();
                var rows = connection.createStatement().executeQuery("select count(*) from sqlite_master")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
