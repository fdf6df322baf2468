package dev.signalbox.server.node;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.Dialect;
import dev.signalbox.database.PoolOptions;
import dev.signalbox.database.Tls;
import dev.signalbox.delivery.queue.BodyProtection;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.SeedVariable;
import dev.signalbox.server.rest.ControlSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What features share. What each setting means, its range and its default are in docs/configuration.md.
 *
 * @param bodies how the bodies of messages stand in the database
 * @param maxMessage the largest payload of a client's message, in bytes
 */
public record NodeSettings(
        Path dataFolder,
        ControlSettings control,
        DatabaseConfig database,
        BodyProtection bodies,
        int maxMessage,
        LogFormat logFormat,
        LogLevel logLevel,
        Duration shutdownTimeout) {

    static final List<Key<?>> KEYS =
            Stream.of(NodeKeys.ALL, ControlSettings.KEYS).flatMap(List::stream).toList();
    static final List<SeedVariable> VARIABLES = SeedVariables.ALL;

    public static NodeSettings read(Reading reading) {
        var folder = reading.get(NodeKeys.DATA_FOLDER);
        return new NodeSettings(
                folder,
                ControlSettings.read(reading),
                database(reading, folder),
                bodies(reading),
                Math.toIntExact(reading.get(NodeKeys.MAX_MESSAGE)),
                reading.get(NodeKeys.LOG_FORMAT),
                reading.get(NodeKeys.LOG_LEVEL),
                reading.get(NodeKeys.SHUTDOWN_TIMEOUT));
    }

    private static BodyProtection bodies(Reading reading) {
        BodyProtection bodies = reading.find(NodeKeys.BODY_KEYS)
                .map(BodyProtection::encryptedWith)
                .orElse(BodyProtection.NONE);
        return reading.get(NodeKeys.REDACT_SENT) ? bodies.redactingSent() : bodies;
    }

    private static DatabaseConfig database(Reading reading, Path folder) {
        var place = reading.find(NodeKeys.DATABASE_URL).orElseGet(() -> inFolder(reading, folder));
        var database = encrypted(
                reading,
                place.withPool(new PoolOptions(
                        reading.get(NodeKeys.DATABASE_POOL),
                        reading.get(NodeKeys.DATABASE_CONNECT_TIMEOUT),
                        reading.get(NodeKeys.DATABASE_SOCKET_TIMEOUT),
                        reading.get(NodeKeys.DATABASE_MAX_LIFETIME))));
        var withUser =
                reading.find(NodeKeys.DATABASE_USER).map(database::withUser).orElse(database);
        return reading.find(NodeKeys.DATABASE_PASSWORD)
                .map(withUser::withPassword)
                .orElse(withUser);
    }

    private static DatabaseConfig encrypted(Reading reading, DatabaseConfig database) {
        var mode = reading.find(NodeKeys.DATABASE_TLS);
        var authority = reading.find(NodeKeys.DATABASE_TLS_CA);
        boolean server = database.dialect() != Dialect.SQLITE;
        boolean takesFile = database.dialect() != Dialect.SQLSERVER;
        boolean verified = mode.equals(Optional.of(Tls.Mode.VERIFIED));
        reading.check(mode.isEmpty() || server, NodeKeys.DATABASE_TLS, "has no meaning for SQLite, which is a file");
        reading.check(authority.isEmpty() || verified, NodeKeys.DATABASE_TLS_CA, "needs database.tls: verified");
        reading.check(
                authority.isEmpty() || takesFile,
                NodeKeys.DATABASE_TLS_CA,
                "is not for SQL Server, whose driver reads no PEM: import the authorities into a trust store with keytool"
                        + " -importcert, and name it as trustStore in database.url");
        return mode.isPresent() && server
                ? database.withTls(new Tls(mode.get(), authority.filter(file -> verified && takesFile)))
                : database;
    }

    private static DatabaseConfig inFolder(Reading reading, Path folder) {
        boolean possible = folder.toString().indexOf('?') < 0;
        reading.check(possible, NodeKeys.DATA_FOLDER, "must not contain ? while database.url is not set");
        return DatabaseConfig.of("sqlite:" + (possible ? folder.resolve("signalbox.db") : "signalbox.db"));
    }
}
