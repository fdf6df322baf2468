package dev.signalbox.delivery.digest;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class DigestsTest {
    @Nested
    class OnSqlite extends DigestsContract {
        @TempDir
        private Path folder;

        @Override
        DatabaseConfig newDatabase() {
            return DatabaseConfig.of("sqlite:" + folder.resolve("digests.db"));
        }
    }

    @Nested
    class OnPostgres extends DigestsContract {
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
