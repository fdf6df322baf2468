package dev.signalbox.server.exec;

import dev.signalbox.exec.Command;
import dev.signalbox.exec.ResourceLimit;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Commands of the host as configured. */
final class ExecSettings {
    private ExecSettings() {}

    /** Commands that clients may run. {@code clients} are ids, or {@code *} for all. */
    record Exec(List<ExecCommand> commands, List<String> clients) {}

    /** {@code maxOutput} is in bytes; {@code environment} is NAME=value, with blanks in between. */
    record ExecCommand(
            String name,
            List<String> words,
            List<Pattern> arguments,
            Optional<Path> dir,
            Optional<Secret> environment,
            Duration timeout,
            int maxOutput,
            Map<ResourceLimit, Long> limits,
            int concurrency) {}

    /** A channel whose messages a command sends. */
    record CommandSending(
            String channel,
            List<String> words,
            Duration timeout,
            int concurrency,
            Map<ResourceLimit, Long> limits,
            int retryCode,
            Duration keyLifetime) {}

    /** The same command under limits. */
    static Command limited(Command command, Map<ResourceLimit, Long> limits) {
        Command limited = command;
        for (var limit : limits.entrySet()) {
            limited = limited.limit(limit.getKey(), limit.getValue());
        }
        return limited;
    }

    static Exec commands(Reading reading) {
        var commands = new ArrayList<ExecCommand>();
        for (int i = 0; i < reading.size(ExecKeys.EXEC_NAME); i++) {
            command(reading, i).ifPresent(commands::add);
        }
        var names = commands.stream().map(ExecCommand::name).toList();
        reading.check(
                new HashSet<>(names).size() == names.size(),
                ExecKeys.EXEC_NAME,
                "the same name is given to two commands");
        var clients = Pattern.compile("\\s+")
                .splitAsStream(reading.get(ExecKeys.EXEC_CLIENTS).strip())
                .filter(client -> !client.isEmpty())
                .toList();
        return new Exec(List.copyOf(commands), clients);
    }

    private static Optional<ExecCommand> command(Reading reading, int i) {
        var name = reading.require(ExecKeys.EXEC_NAME, i);
        var words = reading.require(ExecKeys.EXEC_COMMAND, i);
        var arguments = reading.get(ExecKeys.EXEC_ARGUMENTS, i);
        var dir = reading.find(ExecKeys.EXEC_DIR, i);
        var environment = reading.find(ExecKeys.EXEC_ENV, i).map(Secret::new);
        var timeout = reading.get(ExecKeys.EXEC_TIMEOUT, i);
        int maxOutput = Math.toIntExact(reading.get(ExecKeys.EXEC_MAX_OUTPUT, i));
        var limits = reading.get(ExecKeys.EXEC_LIMITS, i);
        int concurrency = reading.get(ExecKeys.EXEC_CONCURRENCY, i);
        return name.flatMap(n -> words.map(
                w -> new ExecCommand(n, w, arguments, dir, environment, timeout, maxOutput, limits, concurrency)));
    }

    /** Reads every key, so that each mistake is named even without a command. */
    static Optional<CommandSending> sending(Reading reading) {
        var channel = reading.get(ExecKeys.SEND_CHANNEL);
        var timeout = reading.get(ExecKeys.SEND_TIMEOUT);
        int concurrency = reading.get(ExecKeys.SEND_CONCURRENCY);
        var limits = reading.get(ExecKeys.SEND_LIMITS);
        int retryCode = reading.get(ExecKeys.SEND_RETRY_CODE);
        var lifetime = reading.get(ExecKeys.SEND_KEY_LIFETIME);
        return reading.find(ExecKeys.SEND_COMMAND)
                .map(words -> new CommandSending(channel, words, timeout, concurrency, limits, retryCode, lifetime));
    }
}
