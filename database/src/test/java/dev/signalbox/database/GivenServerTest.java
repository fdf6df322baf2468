package dev.signalbox.database;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;

/** Servers that no package has: they are tested where the environment says where one is. Its tables of trial are deleted. */
class GivenServerTest {
    private static DatabaseConfig given(String variable) {
        Optional<String> url = Optional.ofNullable(System.getenv(variable));
        Assumptions.assumeTrue(url.isPresent(), "skipped: " + variable + " names no server");
        return emptied(DatabaseConfig.of(url.orElseThrow()));
    }

    private static DatabaseConfig emptied(DatabaseConfig config) {
        try (Database database = Database.open(config)) {
            database.transact(connection -> {
                for (String table : new String[] {"trial", "trial_text", "trial_schema"}) {
                    DatabaseContract.execute(connection, "drop table if exists " + table);
                }
                return true;
            });
        }
        return config;
    }

    @Nested
    class MySql extends DatabaseContract {
        @Override
        DatabaseConfig newDatabase() {
            return given("SIGNALBOX_MYSQL_URL");
        }
    }

    @Nested
    class SqlServer extends DatabaseContract {
        @Override
        DatabaseConfig newDatabase() {
            return given("SIGNALBOX_SQLSERVER_URL");
        }
    }
}
