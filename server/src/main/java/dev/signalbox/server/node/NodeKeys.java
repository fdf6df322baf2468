package dev.signalbox.server.node;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of what features share. */
final class NodeKeys {
    private static final Kind<DatabaseConfig> DATABASE = new Kind<>(
            "jdbc:postgresql://HOST/NAME, postgresql://HOST/NAME, jdbc:sqlite:FILE or sqlite:FILE", DatabaseConfig::of);

    static final Key<Path> DATA_FOLDER = Key.of(
            "data.folder",
            Kind.path(),
            "signalbox-data",
            "Where the server keeps its own files; made if it is missing.");
    static final Key<DatabaseConfig> DATABASE_URL = Key.optional(
            "database.url",
            DATABASE,
            "PostgreSQL or SQLite, without user and password. By default the file `signalbox.db` in the data folder.");
    static final Key<String> DATABASE_USER =
            Key.optional("database.user", Kind.text("1 to 128 characters", 1, 128), "The database's user.");
    static final Key<String> DATABASE_PASSWORD =
            Key.secret("database.password", Kind.text("up to 1024 characters", 0, 1024), "The user's password.");
    static final Key<Integer> DATABASE_POOL =
            Key.of("database.pool-size", Kind.whole(2, 500), "10", "The most connections that this node opens.");
    static final Key<Long> MAX_MESSAGE =
            Key.of("clients.max-message", Kind.size("1KiB", "64MiB"), "256KiB", "The largest payload of a client.");
    static final Key<LogFormat> LOG_FORMAT =
            Key.of("log.format", Kind.oneOf(LogFormat.class), "plain", "`json` writes one object a line.");
    static final Key<LogLevel> LOG_LEVEL =
            Key.of("log.level", Kind.oneOf(LogLevel.class), "info", "The lowest level that is logged.");
    static final Key<Duration> SHUTDOWN_TIMEOUT = Key.of(
            "shutdown.timeout",
            Kind.duration("0s", "1h"),
            "30s",
            "How long a stop waits for what is in flight; a second signal ends the server at once.");

    static final List<Key<?>> ALL = List.of(
            DATA_FOLDER,
            DATABASE_URL,
            DATABASE_USER,
            DATABASE_PASSWORD,
            DATABASE_POOL,
            MAX_MESSAGE,
            LOG_FORMAT,
            LOG_LEVEL,
            SHUTDOWN_TIMEOUT);

    private NodeKeys() {}
}
