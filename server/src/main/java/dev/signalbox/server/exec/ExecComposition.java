package dev.signalbox.server.exec;

import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;

import dev.signalbox.server.config.ServerConfig.CommandSending;
import dev.signalbox.server.config.ServerConfig.Exec;
import dev.signalbox.server.config.ServerConfig.ExecCommand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Puts together what concerns commands of the host. */
public final class ExecComposition {
    private ExecComposition() {}

    public static Exec commands(Reading reading) {
        var commands = new ArrayList<ExecCommand>();
        for (int i = 0; i < reading.size(Keys.EXEC_NAME); i++) {
            command(reading, i).ifPresent(commands::add);
        }
        var names = commands.stream().map(ExecCommand::name).toList();
        reading.check(
                new HashSet<>(names).size() == names.size(), Keys.EXEC_NAME, "the same name is given to two commands");
        var clients = Pattern.compile("\\s+")
                .splitAsStream(reading.get(Keys.EXEC_CLIENTS).strip())
                .filter(client -> !client.isEmpty())
                .toList();
        return new Exec(List.copyOf(commands), clients);
    }

    private static Optional<ExecCommand> command(Reading reading, int i) {
        var name = reading.require(Keys.EXEC_NAME, i);
        var words = reading.require(Keys.EXEC_COMMAND, i);
        var arguments = reading.get(Keys.EXEC_ARGUMENTS, i);
        var dir = reading.find(Keys.EXEC_DIR, i);
        var environment = reading.find(Keys.EXEC_ENV, i).map(Secret::new);
        var timeout = reading.get(Keys.EXEC_TIMEOUT, i);
        int maxOutput = Math.toIntExact(reading.get(Keys.EXEC_MAX_OUTPUT, i));
        int concurrency = reading.get(Keys.EXEC_CONCURRENCY, i);
        return name.flatMap(n ->
                words.map(w -> new ExecCommand(n, w, arguments, dir, environment, timeout, maxOutput, concurrency)));
    }

    /** Reads every key, so that each mistake is named even without a command. */
    public static Optional<CommandSending> sending(Reading reading) {
        var channel = reading.get(Keys.SEND_CHANNEL);
        var timeout = reading.get(Keys.SEND_TIMEOUT);
        int concurrency = reading.get(Keys.SEND_CONCURRENCY);
        int retryCode = reading.get(Keys.SEND_RETRY_CODE);
        var lifetime = reading.get(Keys.SEND_KEY_LIFETIME);
        return reading.find(Keys.SEND_COMMAND)
                .map(words -> new CommandSending(channel, words, timeout, concurrency, retryCode, lifetime));
    }
}
