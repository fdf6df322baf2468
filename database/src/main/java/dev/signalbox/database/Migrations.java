package dev.signalbox.database;

import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;

/**
 * Runs Flyway with everything off that is not needed, one process at a time, on connections that wait for an answer however
 * long it takes: an index on a large table is not made within the timeouts of a pool.
 */
final class Migrations {
    private Migrations() {}

    static void run(DatabaseConfig config, String module, String folder, ClassLoader loader) {
        if (!module.matches("[a-z][a-z_]{0,39}")) {
            throw new IllegalArgumentException(
                    "module name '" + module + "' is not 1 to 40 lower-case letters and underscores");
        }
        try {
            MigrationLock.alone(
                    config, () -> flyway(config, module, folder, loader).migrate());
        } catch (FlywayException e) {
            throw new DatabaseException(
                    "the tables of " + module + " in " + config.place() + " cannot be brought up to date: "
                            + e.getMessage(),
                    e);
        }
    }

    static List<Migration> list(DatabaseConfig config, String module, String folder, ClassLoader loader) {
        try {
            return Arrays.stream(flyway(config, module, folder, loader).info().all())
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

    private static Flyway flyway(DatabaseConfig config, String module, String folder, ClassLoader loader) {
        return Flyway.configure(loader)
                .dataSource(DriverDataSource.of(config, Duration.ZERO))
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
