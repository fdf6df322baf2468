package dev.signalbox.database;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseTest extends DatabaseContract {
    @TempDir
    Path folder;

    @Override
    DatabaseConfig newDatabase() {
        return DatabaseConfig.of("sqlite:" + folder.resolve("new/folder/app.db"));
    }
}
