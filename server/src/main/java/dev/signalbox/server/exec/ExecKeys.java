package dev.signalbox.server.exec;

import dev.signalbox.exec.ResourceLimit;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The keys of commands that clients may run. */
final class ExecKeys {

    private static final Kind<Long> SIZE = Kind.size("0", "16384GiB");
    private static final Kind<Integer> NUMBER = Kind.whole(0, Integer.MAX_VALUE);
    private static final Kind<Map<ResourceLimit, Long>> LIMITS = new Kind<>(
            Stream.of(ResourceLimit.values())
                    .map(ExecKeys::written)
                    .collect(Collectors.joining(", ", "NAME=value, with" + " blanks in between; the names are ", "")),
            ExecKeys::limits);

    static final Key<String> EXEC_CLIENTS = Key.of(
            "exec.clients",
            Kind.text("up to 10000 characters", 0, 10_000),
            "",
            "The clients that may run the commands below: ids with blanks in between, `*` for all. By default none.");
    static final Key<String> EXEC_NAME =
            Key.optional("exec.commands.*.name", Kind.name(), "What clients call the command. Required.");
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
    static final Key<Map<ResourceLimit, Long>> EXEC_LIMITS = Key.of(
            "exec.commands.*.limits",
            LIMITS,
            "",
            "What its processes may use, such as `cpu-seconds=10 memory-bytes=512MiB`. Takes the program `prlimit`"
                    + " (package util-linux).");
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
            "How long one attempt may take. The outcome of a command that is ended for this reason is unknown.");
    static final Key<Integer> SEND_CONCURRENCY = Key.of(
            "delivery.exec.concurrency", Kind.whole(1, 1_000), "4", "Attempts under way at a time on this node.");
    static final Key<Map<ResourceLimit, Long>> SEND_LIMITS =
            Key.of("delivery.exec.limits", LIMITS, "", "What its processes may use, as with `exec.commands.*.limits`.");
    static final Key<Integer> SEND_RETRY_CODE = Key.of(
            "delivery.exec.retry-code",
            Kind.whole(1, 255),
            "75",
            "The exit code that means: not sent, try again. 0 means sent, any other code means refused for good.");
    static final Key<Duration> SEND_KEY_LIFETIME = Key.of(
            "delivery.exec.key-lifetime",
            Kind.duration("0s", "30d"),
            "0s",
            "How long the command recognises a repeated key. Until then an attempt with an unknown outcome is"
                    + " repeated; after that, and always with 0s, the message becomes UNKNOWN, for an operator to"
                    + " resolve.");

    static final List<Key<?>> ALL = List.of(
            EXEC_CLIENTS,
            EXEC_NAME,
            EXEC_COMMAND,
            EXEC_ARGUMENTS,
            EXEC_DIR,
            EXEC_ENV,
            EXEC_TIMEOUT,
            EXEC_MAX_OUTPUT,
            EXEC_LIMITS,
            EXEC_CONCURRENCY,
            SEND_COMMAND,
            SEND_CHANNEL,
            SEND_TIMEOUT,
            SEND_CONCURRENCY,
            SEND_LIMITS,
            SEND_RETRY_CODE,
            SEND_KEY_LIFETIME);

    private ExecKeys() {}

    private static String written(ResourceLimit limit) {
        return Kind.written(limit).replace('_', '-');
    }

    private static Map<ResourceLimit, Long> limits(String text) {
        Map<ResourceLimit, Long> limits = new EnumMap<>(ResourceLimit.class);
        for (String word : text.strip().split("\\s+", -1)) {
            if (!word.isEmpty()) {
                String[] parts = word.split("=", 2);
                ResourceLimit limit = limit(parts[0]);
                if (parts.length < 2 || limits.put(limit, value(limit, parts[1])) != null) {
                    throw new IllegalArgumentException();
                }
            }
        }
        return limits;
    }

    private static ResourceLimit limit(String name) {
        return Stream.of(ResourceLimit.values())
                .filter(limit -> written(limit).equals(name))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new);
    }

    private static long value(ResourceLimit limit, String text) {
        boolean size = written(limit).endsWith("-bytes");
        return size ? SIZE.read().apply(text) : NUMBER.read().apply(text);
    }
}
