package dev.signalbox.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A module's migrations. Runs Flyway with everything off that is not needed, one process at a time, on connections that wait
 * for an answer however long it takes: an index on a large table is not made within the timeouts of a pool.
 *
 * <p>Versions have two numbers. What changes only the second, as V1.1 after V1, is understood by programs that know V1 alone,
 * so that nodes of both can work side by side. What changes the first is not, and they refuse it.
 */
final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Set<MigrationState> UNKNOWN =
            Set.of(MigrationState.FUTURE_SUCCESS, MigrationState.FUTURE_FAILED);
    private static final Set<MigrationState> GONE =
            Set.of(MigrationState.MISSING_SUCCESS, MigrationState.MISSING_FAILED);

    private final DatabaseConfig config;
    private final String module;
    private final String folder;
    private final ClassLoader loader;

    Migrations(DatabaseConfig config, String module, String folder, ClassLoader loader) {
        if (!module.matches("[a-z][a-z_]{0,39}")) {
            throw new IllegalArgumentException(
                    "module name '" + module + "' is not 1 to 40 lower-case letters and underscores");
        }
        this.config = config;
        this.module = module;
        this.folder = folder + "/" + config.dialect().folder();
        this.loader = loader;
        String kinds = kinds(folder, loader);
        if (loader.getResource(this.folder) == null && !kinds.isEmpty()) {
            throw new DatabaseException(
                    "the module " + module + " has no tables for "
                            + config.dialect().folder() + ", which "
                            + config.place() + " is. It has them for " + kinds
                            + ": keep its data in one of these, or do without the module",
                    null);
        }
    }

    /** None where the class path does not list folders. */
    private static String kinds(String folder, ClassLoader loader) {
        return Arrays.stream(Dialect.values())
                .map(Dialect::folder)
                .filter(kind -> loader.getResource(folder + "/" + kind) != null)
                .collect(Collectors.joining(", "));
    }

    /** Whether there is nothing to do. */
    boolean areComplete(Connection connection) throws SQLException {
        return new MigrationHistory(module, folder, loader).isComplete(connection);
    }

    void run() {
        try {
            MigrationLock.alone(config, () -> {
                Flyway flyway = flyway();
                refuseUnknown(flyway);
                flyway.migrate();
            });
        } catch (FlywayException e) {
            throw new DatabaseException(
                    "the tables of " + module + " in " + config.place() + " cannot be brought up to date: "
                            + e.getMessage(),
                    e);
        }
    }

    private void refuseUnknown(Flyway flyway) {
        MigrationInfo[] all = flyway.info().all();
        for (MigrationInfo unknown : all) {
            if (UNKNOWN.contains(unknown.getState())) {
                Optional<String> problem = problem(unknown, known(all));
                if (problem.isPresent()) {
                    throw new DatabaseException(
                            "the tables of " + module + " in " + config.place() + ": " + problem.get(), null);
                }
                LOG.info(
                        "the tables of {} are at version {}, by a newer program; this one works with them",
                        module,
                        unknown.getVersion());
            }
        }
    }

    /** The newest version that this program has a script for. */
    private static @Nullable MigrationVersion known(MigrationInfo[] all) {
        return Arrays.stream(all)
                .filter(info -> info.getVersion() != null
                        && !UNKNOWN.contains(info.getState())
                        && !GONE.contains(info.getState()))
                .map(MigrationInfo::getVersion)
                .max(MigrationVersion::compareTo)
                .orElse(null);
    }

    List<Migration> list() {
        try {
            MigrationInfo[] all = flyway().info().all();
            MigrationVersion known = known(all);
            return Arrays.stream(all)
                    .filter(info -> info.getVersion() != null && info.getState() != MigrationState.BASELINE)
                    .map(info -> new Migration(
                            info.getVersion().getVersion(),
                            info.getDescription(),
                            Optional.ofNullable(info.getInstalledOn()).map(Date::toInstant),
                            problem(info, Optional.ofNullable(known).orElse(info.getVersion())),
                            sql(info)))
                    .toList();
        } catch (FlywayException e) {
            throw new DatabaseException(
                    "the history of " + module + " in " + config.place() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<String> problem(MigrationInfo info, @Nullable MigrationVersion known) {
        MigrationState state = info.getState();
        if (UNKNOWN.contains(state)) {
            boolean understood =
                    known != null && known.getMajor().equals(info.getVersion().getMajor());
            return understood
                    ? Optional.empty()
                    : Optional.of("a newer program has brought them to version " + info.getVersion()
                            + ", which this one does not understand: it knows version " + known
                            + ". Start the newer program, or restore a backup from before");
        }
        if (GONE.contains(state)) {
            return Optional.of("version " + info.getVersion() + " was applied, and its script is gone");
        }
        if (state.isFailed()) {
            return Optional.of("version " + info.getVersion() + " failed half-way; restore a backup from before");
        }
        return info.isChecksumMatching()
                ? Optional.empty()
                : Optional.of("the script of version " + info.getVersion() + " was changed after it had been applied");
    }

    private String sql(MigrationInfo info) {
        try (InputStream script = loader.getResourceAsStream(folder + "/" + info.getScript())) {
            return script == null ? "" : new String(script.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new DatabaseException("the script " + info.getScript() + " of " + module + " cannot be read", e);
        }
    }

    private Flyway flyway() {
        return Flyway.configure(loader)
                .dataSource(DriverDataSource.of(config, Duration.ZERO))
                .locations("classpath:" + folder)
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
