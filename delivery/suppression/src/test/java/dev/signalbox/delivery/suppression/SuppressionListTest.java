package dev.signalbox.delivery.suppression;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class SuppressionListTest {
    @Nested
    class OnSqlite extends SuppressionListContract {
        @TempDir
        private Path folder;

        @Override
        DatabaseConfig newDatabase() {
            return DatabaseConfig.of("sqlite:" + folder.resolve("suppressions.db"));
        }
    }

    @Nested
    class OnPostgres extends SuppressionListContract {
        private static String url = "";

        @BeforeAll
        static void makeDatabase() {
            url = RealPostgres.shared().freshDatabase();
        }

        @Override
        DatabaseConfig newDatabase() {
            return DatabaseConfig.of(url);
        }
    }
}
