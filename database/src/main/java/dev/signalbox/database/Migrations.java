package dev.signalbox.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;

/**
 * Runs Flyway with everything off that is not needed. On PostgreSQL it locks out other nodes by itself; on SQLite a lock on
 * a file beside the database does, since two processes that migrate at once would both find nothing done yet.
 */
final class Migrations {
    /** File locks are between processes; this is between the threads of one. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private Migrations() {}

    static void run(DatabaseConfig config, DataSource source, String module, String folder, ClassLoader loader) {
        if (!module.matches("[a-z][a-z_]{0,39}")) {
            throw new IllegalArgumentException(
                    "module name '" + module + "' is not 1 to 40 lower-case letters and underscores");
        }
        ONE_AT_A_TIME.lock();
        try {
            if (config.dialect() == Dialect.SQLITE) {
                alone(
                        SqliteFile.beside(SqliteFile.real(config), ".migrating"),
                        () -> migrate(config, source, module, folder, loader));
            } else {
                migrate(config, source, module, folder, loader);
            }
        } catch (FlywayException e) {
            throw new DatabaseException(
                    "the tables of " + module + " in " + config.place() + " cannot be brought up to date: "
                            + e.getMessage(),
                    e);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    /**
     * Race: were the lock file deleted at the end, one process could hold the deleted file's lock and another that of its
     * successor. So it stays.
     */
    private static void alone(Path file, Runnable work) {
        try {
            SqliteFile.createPrivate(file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid()) {
                    work.run();
                }
            }
        } catch (IOException e) {
            throw new DatabaseException("the lock file " + file + " cannot be used: " + e, e);
        }
    }

    static List<Migration> list(
            DatabaseConfig config, DataSource source, String module, String folder, ClassLoader loader) {
        try {
            return Arrays.stream(flyway(config, source, module, folder, loader)
                            .info()
                            .all())
                    .filter(info ->
                            info.getVersion() != null && !info.getState().equals(MigrationState.BASELINE))
                    .map(info -> new Migration(
                            info.getVersion().getVersion(),
                            info.getDescription(),
                            Optional.ofNullable(info.getInstalledOn()).map(Date::toInstant)))
                    .toList();
        } catch (FlywayException e) {
            throw new DatabaseException(
                    "the history of " + module + " in " + config.place() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void migrate(
            DatabaseConfig config, DataSource source, String module, String folder, ClassLoader loader) {
        flyway(config, source, module, folder, loader).migrate();
    }

    private static Flyway flyway(
            DatabaseConfig config, DataSource source, String module, String folder, ClassLoader loader) {
        return Flyway.configure(loader)
                .dataSource(source)
                .locations("classpath:" + folder + "/" + config.dialect().name().toLowerCase(Locale.ROOT))
                .table(module + "_schema")
                .baselineOnMigrate(true) // The schema may hold the tables of others.
                .baselineVersion("0")
                .skipDefaultCallbacks(true)
                .skipDefaultResolvers(false)
                .failOnMissingLocations(true)
                .validateMigrationNaming(true)
                .load();
    }
}
