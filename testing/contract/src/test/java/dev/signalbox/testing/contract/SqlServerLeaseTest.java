package dev.signalbox.testing.contract;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.ha.lease.DatabaseLeases;
import dev.signalbox.ha.lease.LeaseStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** Leases in {@link SqlServer}, for two nodes with a pool each. */
class SqlServerLeaseTest {
    private static List<Database> nodes = List.of();

    private final AtomicInteger next = new AtomicInteger();

    @BeforeAll
    static void openDatabases() {
        DatabaseConfig config = SqlServer.config();
        nodes = List.of(Database.open(config), Database.open(config));
        DatabaseLeases.migrate(nodes.getFirst());
    }

    @AfterAll
    static void closeDatabases() {
        nodes.forEach(Database::close);
    }

    @BeforeEach
    void forgetLeases() {
        nodes.getFirst().transact(SqlServerLeaseTest::deleteAll);
    }

    private static int deleteAll(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.executeUpdate("delete from signalbox_lease");
        }
    }

    private LeaseStore node() {
        return DatabaseLeases.open(nodes.get(next.getAndIncrement() % nodes.size()));
    }

    @Nested
    class Store extends LeaseStoreContract {
        @Override
        protected LeaseStore connect() {
            return node();
        }
    }

    @Nested
    class Elections extends ElectionContract {
        @Override
        protected LeaseStore connect() {
            return node();
        }
    }
}
