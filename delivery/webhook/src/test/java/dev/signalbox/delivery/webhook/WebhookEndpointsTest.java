package dev.signalbox.delivery.webhook;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class WebhookEndpointsTest {
    @Nested
    class OnSqlite extends EndpointsContract {
        @TempDir
        private Path folder;

        @Override
        DatabaseConfig newDatabase() {
            return DatabaseConfig.of("sqlite:" + folder.resolve("endpoints.db"));
        }
    }

    @Nested
    class OnPostgres extends EndpointsContract {
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
