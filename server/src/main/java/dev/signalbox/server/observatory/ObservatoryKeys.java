package dev.signalbox.server.observatory;

import dev.signalbox.observatory.AllowList;
import dev.signalbox.observatory.WhenFull;
import dev.signalbox.observatory.WireFormat;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The keys of log shipping. */
final class ObservatoryKeys {
    private static final Kind<AllowList> ALLOW_LIST = new Kind<>(
            "URLs such as https://logs.example.com/team, with commas between them",
            text -> AllowList.of(
                    Arrays.stream(text.split(",", -1)).map(String::strip).toList()));

    public static final Key<URI> URL = Key.optional(
            "observatory.url",
            Kind.base(),
            "Where this server's own log goes, besides standard error. Without it and `observatory.allowed`, no log is"
                    + " shipped.");
    public static final Key<String> TOKEN =
            Key.secret("observatory.token", Kind.foreignToken(), "The bearer token there.");
    public static final Key<String> HEADERS = Key.secret(
            "observatory.headers.NAME",
            Kind.headerValue(),
            "A further header of each request there, for destinations that ask for another than a bearer token, such as"
                    + " `observatory.headers.x-api-key`. At most 16.");
    public static final Key<WireFormat> FORMAT = Key.of(
            "observatory.format",
            Kind.oneOf(WireFormat.class),
            "otlp_protobuf",
            "What a batch looks like: `everworker` is posted to `/api/v1/observatory/logs` below the URL, OTLP to"
                    + " `/v1/logs`.");
    public static final Key<AllowList> ALLOWED = Key.optional(
            "observatory.allowed",
            ALLOW_LIST,
            "The destinations that a request or a client's message may name for what is logged on its behalf. None by"
                    + " default.");
    public static final Key<WireFormat> CONTEXT_FORMAT = Key.of(
            "observatory.context-format",
            Kind.oneOf(WireFormat.class),
            "everworker",
            "What a destination that a request names is sent.");
    public static final Key<Duration> INTERVAL = Key.of(
            "observatory.interval", Kind.duration("1ms", "1h"), "1s", "How long a record waits for its batch to fill.");
    public static final Key<Duration> TIMEOUT =
            Key.of("observatory.timeout", Kind.duration("1ms", "10m"), "10s", "The longest that one request takes.");
    public static final Key<Boolean> GZIP =
            Key.of("observatory.gzip", Kind.truth(), "false", "Whether batches are compressed.");
    public static final Key<Long> MEMORY = Key.of(
            "observatory.memory",
            Kind.size("1MiB", "64GiB"),
            "32MiB",
            "How much of the log may wait in memory, in all; half of it for one destination.");
    public static final Key<Long> LONGEST_RECORD = Key.of(
            "observatory.longest-record",
            Kind.size("1KiB", "512KiB"),
            "256KiB",
            "The size in memory that a record's message and fields are shortened to, if they are longer.");
    public static final Key<WhenFull> WHEN_FULL = Key.of(
            "observatory.when-full",
            Kind.oneOf(WhenFull.class),
            "drop_oldest",
            "What happens when there is no room, neither in memory nor in the spool; `block` makes the thread"
                    + " that logs wait, for 100 ms at most.");
    public static final Key<Boolean> SPOOL = Key.of(
            "observatory.spool.enabled",
            Kind.truth(),
            "true",
            "Whether what does not get through is kept in the folder `observatory/spool` of the data folder until it"
                    + " does.");
    public static final Key<Long> SPOOL_SIZE = Key.of(
            "observatory.spool.max-size",
            Kind.size("1MiB", "999GiB"),
            "1GiB",
            "The largest that the spool may become.");
    public static final Key<Duration> SPOOL_WINDOW = Key.of(
            "observatory.spool.window",
            Kind.duration("0s", "1m"),
            "100ms",
            "How long records stay in memory only after their destination fails.");
    public static final Key<Boolean> SPOOL_ALWAYS = Key.of(
            "observatory.spool.always",
            Kind.truth(),
            "false",
            "Puts every record into the spool before it is shipped, so that a crash loses no more than a window.");
    public static final Key<Long> DEAD_LETTERS = Key.of(
            "observatory.dead-letters",
            Kind.size("64KiB", "999GiB"),
            "64MiB",
            "The largest that the folder `observatory/dead-letters` may become, where refused records are kept.");

    public static final List<Key<?>> ALL = List.of(
            URL,
            TOKEN,
            HEADERS,
            FORMAT,
            ALLOWED,
            CONTEXT_FORMAT,
            INTERVAL,
            TIMEOUT,
            GZIP,
            MEMORY,
            LONGEST_RECORD,
            WHEN_FULL,
            SPOOL,
            SPOOL_SIZE,
            SPOOL_WINDOW,
            SPOOL_ALWAYS,
            DEAD_LETTERS);

    private ObservatoryKeys() {}
}
