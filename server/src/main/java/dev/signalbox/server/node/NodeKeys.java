package dev.signalbox.server.node;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.Tls;
import dev.signalbox.delivery.queue.BodyKey;
import dev.signalbox.delivery.queue.BodyProtection;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The keys of what features share. */
final class NodeKeys {
    private static final Kind<DatabaseConfig> DATABASE = new Kind<>(
            "postgresql://HOST/NAME, mysql://HOST/NAME, sqlserver://HOST?database=NAME or sqlite:FILE, also with jdbc: before it",
            DatabaseConfig::of);

    private static final Kind<List<BodyKey>> BODY_KEY_LIST = new Kind<>(
            "keys as ID:KEY with blanks or line breaks in between, where KEY is 32 bytes in Base64",
            NodeKeys::bodyKeys);

    static final Key<Path> DATA_FOLDER = Key.of(
            "data.folder",
            Kind.path(),
            "signalbox-data",
            "Where the server keeps its own files; made if it is missing.");
    static final Key<DatabaseConfig> DATABASE_URL = Key.optional(
            "database.url",
            DATABASE,
            "PostgreSQL, MariaDB, MySQL, SQL Server or SQLite, without user and password. By default the file `signalbox.db` in the data"
                    + " folder.");
    static final Key<String> DATABASE_USER =
            Key.optional("database.user", Kind.text("1 to 128 characters", 1, 128), "The database's user.");
    static final Key<String> DATABASE_PASSWORD =
            Key.secret("database.password", Kind.text("up to 1024 characters", 0, 1024), "The user's password.");
    static final Key<Integer> DATABASE_POOL =
            Key.of("database.pool-size", Kind.whole(2, 500), "10", "The most connections that this node opens.");
    static final Key<Duration> DATABASE_CONNECT_TIMEOUT = Key.of(
            "database.connect-timeout",
            Kind.duration("100ms", "5m"),
            "5s",
            "How long a request waits for a connection, and opening one may take.");
    static final Key<Duration> DATABASE_SOCKET_TIMEOUT = Key.of(
            "database.socket-timeout",
            Kind.duration("1s", "1h"),
            "30s",
            "How long an answer of the database may take before its connection counts as lost. The database gives up"
                    + " on the statement after five sixths of that.");
    static final Key<Duration> DATABASE_MAX_LIFETIME = Key.of(
            "database.max-lifetime",
            Kind.duration("30s", "24h"),
            "30m",
            "How old a connection gets before another takes its place.");
    static final Key<Tls.Mode> DATABASE_TLS = Key.optional(
            "database.tls",
            Kind.oneOf(Tls.Mode.class),
            "Whether the connection is encrypted, and the server's certificate verified. By default the URL says so.");
    static final Key<Path> DATABASE_TLS_CA = Key.optional(
            "database.tls-ca",
            Kind.path(),
            "The authorities (PEM) that are trusted instead of the system's, with `database.tls: verified`.");
    static final Key<List<BodyKey>> BODY_KEYS = Key.secret(
            "delivery.body-keys",
            BODY_KEY_LIST,
            "Encrypts the bodies of messages in the database (AES-256-GCM): the first key encrypts, all of them decrypt. A key"
                    + " is what `openssl rand -base64 32` writes. All nodes need the same keys. Without it, bodies are plain.");
    static final Key<Boolean> REDACT_SENT = Key.of(
            "delivery.redact-sent",
            Kind.truth(),
            "false",
            "Whether a body is removed from the database in the moment in which its message is recorded as sent.");
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
            DATABASE_CONNECT_TIMEOUT,
            DATABASE_SOCKET_TIMEOUT,
            DATABASE_MAX_LIFETIME,
            DATABASE_TLS,
            DATABASE_TLS_CA,
            BODY_KEYS,
            REDACT_SENT,
            MAX_MESSAGE,
            LOG_FORMAT,
            LOG_LEVEL,
            SHUTDOWN_TIMEOUT);

    /** Their ids differ; what is wrong with one is said without it. */
    private static List<BodyKey> bodyKeys(String text) {
        List<BodyKey> keys =
                Stream.of(text.strip().split("\\s+", -1)).map(BodyKey::parse).toList();
        BodyProtection.encryptedWith(keys);
        return keys;
    }

    private NodeKeys() {}
}
