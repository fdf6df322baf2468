package dev.signalbox.server.config;

import dev.signalbox.server.rest.Role;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.llm.LlmKeys;
import dev.signalbox.server.observatory.ObservatoryKeys;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.sms.PhoneNumber;
import dev.signalbox.server.config.ServerConfig.LogFormat;
import dev.signalbox.server.config.ServerConfig.LogLevel;
import dev.signalbox.server.config.ServerConfig.SessionStoreKind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every key there is. What is not in {@link #ALL} does not exist. */
final class Keys {
    private static final Kind<String> HOST = Kind.text("a name or address of this machine; 0.0.0.0 for all");
    private static final Kind<Integer> PORT = Kind.whole(0, 65_535);
    private static final Kind<String> TOKEN =
            Kind.matching("16 to 512 visible ASCII characters", Pattern.compile("[!-~]{16,512}"));
    private static final Kind<String> NAME =
            Kind.matching("1 to 64 letters, digits, dots, hyphens or underscores", Pattern.compile("[\\w.-]{1,64}"));
    private static final Kind<String> CLIENT =
            Kind.matching("1 to 128 characters without spaces", Pattern.compile("[!-~]{1,128}"));
    private static final Kind<String> REGION = Kind.text("a region with telephone numbers, in two letters (ISO 3166)")
            .where(PhoneNumber::isRegion);
    private static final Kind<DatabaseConfig> DATABASE = new Kind<>(
            "jdbc:postgresql://HOST/NAME, postgresql://HOST/NAME, jdbc:sqlite:FILE or sqlite:FILE", DatabaseConfig::of);

    static final Key<Path> DATA_FOLDER = Key.of(
            "data.folder",
            Kind.path(),
            "signalbox-data",
            "Where the server keeps its own files; made if it is missing.");

    static final Key<String> CONTROL_HOST = Key.of(
            "control.host",
            HOST,
            "127.0.0.1",
            "Where REST, console, health and metrics listen. Loopback by default: nothing is reachable from the network"
                    + " until you say so.");
    static final Key<Integer> CONTROL_PORT = Key.of("control.port", PORT, "8080", "Its port; 0 picks a free one.");
    static final Key<Path> CONTROL_CERTIFICATE = Key.optional(
            "control.tls.certificate",
            Kind.path(),
            "The certificate chain in PEM; with it the port speaks only HTTPS.");
    static final Key<Path> CONTROL_KEY =
            Key.optional("control.tls.key", Kind.path(), "The certificate's private key in PEM (PKCS#8).");
    static final Key<Long> CONTROL_MAX_BODY = Key.of(
            "control.max-body",
            Kind.size("1KiB", "16MiB"),
            "256KiB",
            "The largest single request, and the longest line of a bulk request.");

    static final Key<Duration> CONTROL_HEADER_TIMEOUT = Key.of(
            "control.header-timeout",
            Kind.duration("100ms", "10m"),
            "10s",
            "How long a client may take for the head of a request, and for the TLS handshake before it.");
    static final Key<Duration> CONTROL_BODY_TIMEOUT = Key.of(
            "control.body-timeout",
            Kind.duration("100ms", "1h"),
            "30s",
            "How long a client may send nothing of a request's body, or take nothing of an answer.");
    static final Key<Long> CONTROL_MIN_BODY_RATE = Key.of(
            "control.min-body-rate",
            Kind.size("1", "1GiB"),
            "500",
            "The bytes a second that a body or an answer has to make on average, beyond `control.body-timeout`.");
    static final Key<Duration> CONTROL_IDLE = Key.of(
            "control.idle-timeout",
            Kind.duration("1s", "1d"),
            "60s",
            "How long a connection stays open between requests.");
    static final Key<Integer> CONTROL_MAX_CONNECTIONS =
            Key.of("control.max-connections", Kind.whole(1, 1_000_000), "2048", "The most connections at a time.");
    static final Key<Integer> CONTROL_MAX_PER_ADDRESS = Key.of(
            "control.max-connections-per-address",
            Kind.whole(1, 1_000_000),
            "256",
            "The most connections at a time from one address, or one IPv6 network of 64 bits. Beyond that the oldest"
                    + " that has not sent a request makes way.");
    static final Key<Integer> CONTROL_MAX_REQUESTS = Key.of(
            "control.max-requests",
            Kind.whole(1, 100_000),
            "512",
            "The most requests under way at a time; then the answer is 503. Health, metrics and streams are counted"
                    + " apart.");
    static final Key<Integer> CONTROL_MAX_PER_PRINCIPAL = Key.of(
            "control.max-requests-per-principal",
            Kind.whole(1, 100_000),
            "64",
            "The most requests under way, and the most streams, with one holder's tokens; then the answer is 429.");

    static final Key<Boolean> AUTH_DISABLED = Key.of(
            "auth.disabled",
            Kind.truth(),
            "false",
            "Lets everyone who reaches the control port do everything, with any token or none. Refused unless"
                    + " `control.host` is loopback or `auth.allow-anyone` is true.");
    static final Key<Boolean> AUTH_ALLOW_ANYONE = Key.of(
            "auth.allow-anyone",
            Kind.truth(),
            "false",
            "Confirms that `auth.disabled` may open the control port to the whole network.");
    static final Key<String> AUTH_TOKEN = Key.secret(
            "auth.tokens.*.token",
            TOKEN,
            "A bearer token for the control port. With no token at all, the server makes one for an admin and writes it"
                    + " to the file `token` in the data folder.");
    static final Key<String> AUTH_NAME =
            Key.optional("auth.tokens.*.name", NAME, "Who holds the token, for the log. Required.");
    static final Key<Role> AUTH_ROLE = Key.of(
            "auth.tokens.*.role",
            Kind.oneOf(Role.class),
            "reader",
            "`reader` may look, `sender` may also enqueue, `admin` may do everything.");

    static final Key<String> CLIENTS_HOST =
            Key.of("clients.host", HOST, "127.0.0.1", "Where clients connect over WebSocket.");
    static final Key<Integer> CLIENTS_PORT = Key.of("clients.port", PORT, "8081", "Its port; 0 picks a free one.");
    static final Key<Path> CLIENTS_CERTIFICATE = Key.optional(
            "clients.tls.certificate", Kind.path(), "The certificate chain in PEM; with it the port speaks only TLS.");
    static final Key<Path> CLIENTS_KEY =
            Key.optional("clients.tls.key", Kind.path(), "The certificate's private key in PEM (PKCS#8).");
    static final Key<Long> CLIENTS_MAX_MESSAGE =
            Key.of("clients.max-message", Kind.size("1KiB", "64MiB"), "256KiB", "The largest payload of a client.");
    static final Key<Duration> CLIENTS_IDLE = Key.of(
            "clients.idle-timeout",
            Kind.duration("1s", "1d"),
            "60s",
            "A client that says nothing for so long, not even pong, is disconnected.");
    static final Key<Duration> CLIENTS_AUTH = Key.of(
            "clients.auth-timeout", Kind.duration("100ms", "1m"), "5s", "How long a new client has to show its token.");
    static final Key<Integer> CLIENTS_RATE = Key.of(
            "clients.rate", Kind.whole(1, 1_000_000), "1000", "The most messages a second that one client may send.");
    static final Key<Integer> CLIENTS_MAX =
            Key.of("clients.max-connections", Kind.whole(1, 10_000_000), "100000", "The most clients at a time.");
    static final Key<Integer> CLIENTS_MAX_PER_ADDRESS = Key.of(
            "clients.max-connections-per-address",
            Kind.whole(1, 10_000_000),
            "1000",
            "The most clients at a time from one network address.");
    static final Key<String> CLIENT_TOKEN = Key.secret("clients.tokens.*.token", TOKEN, "A client's token.");
    static final Key<String> CLIENT_ID = Key.optional(
            "clients.tokens.*.client", CLIENT, "The id of the client that the token stands for. Required.");
    static final Key<String> CLIENTS_JWT_SECRET = Key.secret(
            "clients.jwt.secret",
            Kind.text("at least 32 bytes", 32, 4096),
            "Accepts tokens signed with it (JWT, HS256): `sub` is the client's id, `exp` is required.");

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

    static final Key<Duration> DELIVERY_LEASE = Key.of(
            "delivery.lease",
            Kind.duration("1s", "1h"),
            "20s",
            "How long a node may be silent before another takes over what it was sending.");
    static final Key<Duration> DELIVERY_POLL = Key.of(
            "delivery.poll-interval",
            Kind.duration("10ms", "1m"),
            "1s",
            "How often to look for deliveries that nobody announced.");
    static final Key<Integer> DELIVERY_ATTEMPTS = Key.of(
            "delivery.max-attempts", Kind.whole(1, 100), "10", "Attempts of a step for messages that do not say.");
    static final Key<Duration> RETRY_BASE =
            Key.of("delivery.retry.base", Kind.duration("1ms", "7d"), "2s", "The wait after the first failed attempt.");
    static final Key<Double> RETRY_FACTOR =
            Key.of("delivery.retry.factor", Kind.decimal(1, 10), "2", "How much longer each next wait is.");
    static final Key<Duration> RETRY_MAX =
            Key.of("delivery.retry.max", Kind.duration("1ms", "7d"), "10m", "The longest wait; at least the base.");
    static final Key<Double> RETRY_JITTER =
            Key.of("delivery.retry.jitter", Kind.decimal(0, 1), "0.2", "The part of each wait that is random.");
    static final Key<Integer> LIVE_CONCURRENCY = Key.of(
            "delivery.live.concurrency",
            Kind.whole(1, 100_000),
            "1000",
            "Live deliveries that may wait for a client's acknowledgement at a time.");
    static final Key<Duration> LIVE_TIMEOUT = Key.of(
            "delivery.live.timeout",
            Kind.duration("10ms", "10m"),
            "5s",
            "How long one live attempt waits for the acknowledgement.");

    static final Key<URI> SMS_URL = Key.optional(
            "delivery.sms.url", Kind.url(), "The SMS provider. Without it, this server sends no text messages.");
    static final Key<String> SMS_TOKEN = Key.secret(
            "delivery.sms.token",
            Kind.matching("1 to 1024 visible ASCII characters", Pattern.compile("[!-~]{1,1024}")),
            "The provider's bearer token. Required with the URL.");
    static final Key<Duration> SMS_TIMEOUT =
            Key.of("delivery.sms.timeout", Kind.duration("10ms", "10m"), "6s", "The longest that one attempt takes.");
    static final Key<Duration> SMS_CONNECT_TIMEOUT = Key.of(
            "delivery.sms.connect-timeout",
            Kind.duration("10ms", "10m"),
            "2s",
            "The part of it that connecting may take; at most, and by default no more than, the timeout.");
    static final Key<Integer> SMS_CONCURRENCY =
            Key.of("delivery.sms.concurrency", Kind.whole(1, 4096), "64", "Attempts under way at a time on this node.");
    static final Key<Duration> SMS_KEY_LIFETIME = Key.of(
            "delivery.sms.key-lifetime",
            Kind.duration("0s", "30d"),
            "0s",
            "How long the provider recognises a repeated Idempotency-Key. Within it an unknown outcome is tried again;"
                    + " beyond it, and with 0s always, it is parked for a person.");
    static final Key<Integer> SMS_MAX_LENGTH =
            Key.of("delivery.sms.max-length", Kind.whole(1, 10_000), "160", "The longest message, in characters.");
    static final Key<String> SMS_REGION = Key.optional(
            "delivery.sms.default-region",
            REGION,
            "The country of numbers without a country code; without it they are refused.");
    static final Key<Path> SMS_CA =
            Key.optional("delivery.sms.ca-file", Kind.path(), "Certificates in PEM to trust instead of the system's.");
    static final Key<Boolean> SMS_INSECURE =
            Key.of("delivery.sms.insecure", Kind.truth(), "false", "Accepts any certificate; for experiments only.");

    static final Key<SessionStoreKind> SESSION_STORE = Key.optional(
            "session.store",
            Kind.oneOf(SessionStoreKind.class),
            "Where session events are kept. By default `database` if that is PostgreSQL, else `memory`, which a restart"
                    + " forgets.");
    static final Key<String> SESSION_REDIS_URL = Key.secret(
            "session.redis.url",
            Kind.matching("redis://HOST or rediss://HOST", Pattern.compile("rediss?(-sentinel)?://.{1,1000}")),
            "The Redis of `session.store: redis`, with user and password if it has them.");
    static final Key<String> SESSION_MONGODB_URL = Key.secret(
            "session.mongodb.url",
            Kind.matching("mongodb://HOST/DATABASE", Pattern.compile("mongodb(\\+srv)?://.{1,1000}")),
            "The replica set of `session.store: mongodb`, with user and password if it has them.");
    static final Key<Integer> SESSION_MAX_EVENTS = Key.of(
            "session.retention.max-events",
            Kind.whole(1, 1_000_000_000),
            "10000",
            "The most events that are kept of each session; the oldest go first.");
    static final Key<Duration> SESSION_MAX_AGE = Key.of(
            "session.retention.max-age", Kind.duration("1s", "10000d"), "7d", "How long an event is kept at most.");
    static final Key<Long> SESSION_MAX_EVENT =
            Key.of("session.max-event", Kind.size("1KiB", "1MiB"), "64KiB", "The largest event.");
    static final Key<Integer> SESSION_MAX_STREAMS = Key.of(
            "session.max-streams",
            Kind.whole(1, 400),
            "200",
            "The most streams of events (SSE) at a time on the control port.");
    static final Key<String> SESSION_CLIENT_SESSIONS = Key.of(
            "session.client-sessions",
            Kind.text("up to 1000 characters", 0, 1_000),
            "{client} {client}/*",
            "Which sessions a client may follow and append to: patterns with blanks in between, in which `{client}` is"
                    + " its id and `*` anything. Empty for none.");

    static final Key<String> EXEC_CLIENTS = Key.of(
            "exec.clients",
            Kind.text("up to 10000 characters", 0, 10_000),
            "",
            "The clients that may run the commands below: ids with blanks in between, `*` for all. By default none.");
    static final Key<String> EXEC_NAME =
            Key.optional("exec.commands.*.name", NAME, "What clients call the command. Required.");
    static final Key<List<String>> EXEC_COMMAND = Key.optional(
            "exec.commands.*.command",
            Kind.words(),
            "A program and its arguments, with blanks in between. No shell takes part, and there are no quotes: what"
                    + " needs more goes into a script. Required.");
    static final Key<List<Pattern>> EXEC_ARGUMENTS = Key.of(
            "exec.commands.*.arguments",
            Kind.patterns(),
            "",
            "What a client may add: one regular expression for each further argument, with blanks in between; each"
                    + " argument has to match the whole of its own. By default nothing.");
    static final Key<Path> EXEC_DIR =
            Key.optional("exec.commands.*.dir", Kind.path(), "Where it runs; by default where the server does.");
    static final Key<String> EXEC_ENV = Key.secret(
            "exec.commands.*.env",
            Kind.matching("NAME=value, with blanks in between", Pattern.compile("\\s*([A-Za-z_]\\w*=\\S*\\s*)*")),
            "Variables that it gets in addition: NAME=value, with blanks in between.");
    static final Key<Duration> EXEC_TIMEOUT = Key.of(
            "exec.commands.*.timeout",
            Kind.duration("10ms", "1d"),
            "30s",
            "How long it may run; then all of its processes are ended.");
    static final Key<Long> EXEC_MAX_OUTPUT = Key.of(
            "exec.commands.*.max-output",
            Kind.size("1KiB", "64MiB"),
            "1MiB",
            "How much of its output a client gets; the rest is dropped, and the client told.");
    static final Key<Integer> EXEC_CONCURRENCY = Key.of(
            "exec.commands.*.concurrency",
            Kind.whole(1, 1_000),
            "1",
            "How many of it may run at a time; beyond that clients are told that it is busy.");

    static final Key<List<String>> SEND_COMMAND = Key.optional(
            "delivery.exec.command",
            Kind.words(),
            "A command that sends messages: it gets each as JSON on its input, and the idempotency key in the variable"
                    + " SIGNALBOX_IDEMPOTENCY_KEY. Without it, there is no such channel.");
    static final Key<String> SEND_CHANNEL = Key.of(
            "delivery.exec.channel",
            Kind.matching("1 to 16 lower-case letters, digits and hyphens", Pattern.compile("[a-z][a-z0-9-]{0,15}"))
                    .where(name -> !List.of("client", "sms").contains(name)),
            "exec",
            "The channel that it serves: messages to `exec:ADDRESS`.");
    static final Key<Duration> SEND_TIMEOUT = Key.of(
            "delivery.exec.timeout",
            Kind.duration("100ms", "10m"),
            "10s",
            "The longest that one attempt takes. A command that is ended for it has an unknown outcome.");
    static final Key<Integer> SEND_CONCURRENCY = Key.of(
            "delivery.exec.concurrency", Kind.whole(1, 1_000), "4", "Attempts under way at a time on this node.");
    static final Key<Integer> SEND_RETRY_CODE = Key.of(
            "delivery.exec.retry-code",
            Kind.whole(1, 255),
            "75",
            "The exit code by which the command says that it did not send, and may be tried again. 0 is sent, all"
                    + " others refuse for good.");
    static final Key<Duration> SEND_KEY_LIFETIME = Key.of(
            "delivery.exec.key-lifetime",
            Kind.duration("0s", "30d"),
            "0s",
            "How long the command recognises a repeated key. Within it an unknown outcome is tried again; beyond it,"
                    + " and with 0s always, it is parked for a person.");

    static final Key<LogFormat> LOG_FORMAT =
            Key.of("log.format", Kind.oneOf(LogFormat.class), "plain", "`json` writes one object a line.");
    static final Key<LogLevel> LOG_LEVEL =
            Key.of("log.level", Kind.oneOf(LogLevel.class), "info", "The least that is logged.");

    static final Key<Duration> SHUTDOWN_TIMEOUT = Key.of(
            "shutdown.timeout",
            Kind.duration("0s", "1h"),
            "30s",
            "How long a stop waits for what is in flight; a second signal ends at once.");

    private static final List<Key<?>> SERVER = List.of(
            DATA_FOLDER,
            CONTROL_HOST,
            CONTROL_PORT,
            CONTROL_CERTIFICATE,
            CONTROL_KEY,
            CONTROL_MAX_BODY,
            CONTROL_HEADER_TIMEOUT,
            CONTROL_BODY_TIMEOUT,
            CONTROL_MIN_BODY_RATE,
            CONTROL_IDLE,
            CONTROL_MAX_CONNECTIONS,
            CONTROL_MAX_PER_ADDRESS,
            CONTROL_MAX_REQUESTS,
            CONTROL_MAX_PER_PRINCIPAL,
            AUTH_DISABLED,
            AUTH_ALLOW_ANYONE,
            AUTH_TOKEN,
            AUTH_NAME,
            AUTH_ROLE,
            CLIENTS_HOST,
            CLIENTS_PORT,
            CLIENTS_CERTIFICATE,
            CLIENTS_KEY,
            CLIENTS_MAX_MESSAGE,
            CLIENTS_IDLE,
            CLIENTS_AUTH,
            CLIENTS_RATE,
            CLIENTS_MAX,
            CLIENTS_MAX_PER_ADDRESS,
            CLIENT_TOKEN,
            CLIENT_ID,
            CLIENTS_JWT_SECRET,
            DATABASE_URL,
            DATABASE_USER,
            DATABASE_PASSWORD,
            DATABASE_POOL,
            DELIVERY_LEASE,
            DELIVERY_POLL,
            DELIVERY_ATTEMPTS,
            RETRY_BASE,
            RETRY_FACTOR,
            RETRY_MAX,
            RETRY_JITTER,
            LIVE_CONCURRENCY,
            LIVE_TIMEOUT,
            SMS_URL,
            SMS_TOKEN,
            SMS_TIMEOUT,
            SMS_CONNECT_TIMEOUT,
            SMS_CONCURRENCY,
            SMS_KEY_LIFETIME,
            SMS_MAX_LENGTH,
            SMS_REGION,
            SMS_CA,
            SMS_INSECURE,
            SESSION_STORE,
            SESSION_REDIS_URL,
            SESSION_MONGODB_URL,
            SESSION_MAX_EVENTS,
            SESSION_MAX_AGE,
            SESSION_MAX_EVENT,
            SESSION_MAX_STREAMS,
            SESSION_CLIENT_SESSIONS,
            EXEC_CLIENTS,
            EXEC_NAME,
            EXEC_COMMAND,
            EXEC_ARGUMENTS,
            EXEC_DIR,
            EXEC_ENV,
            EXEC_TIMEOUT,
            EXEC_MAX_OUTPUT,
            EXEC_CONCURRENCY,
            SEND_COMMAND,
            SEND_CHANNEL,
            SEND_TIMEOUT,
            SEND_CONCURRENCY,
            SEND_RETRY_CODE,
            SEND_KEY_LIFETIME,
            LOG_FORMAT,
            LOG_LEVEL,
            SHUTDOWN_TIMEOUT);

    static final List<Key<?>> ALL = Stream.of(SERVER, LlmKeys.ALL, ObservatoryKeys.ALL)
            .flatMap(List::stream)
            .toList();

    private Keys() {}

    static boolean known(String path) {
        return ALL.stream().anyMatch(key -> key.covers(path));
    }

    /** Every path that may be given, with {@code *} in lists and the secrets' files. */
    static List<String> paths() {
        return ALL.stream()
                .flatMap(key -> key.secret() ? Stream.of(key.path(), key.path() + Key.FILE) : Stream.of(key.path()))
                .toList();
    }
}
