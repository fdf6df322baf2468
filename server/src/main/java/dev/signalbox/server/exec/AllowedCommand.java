package dev.signalbox.server.exec;

import dev.signalbox.exec.Command;
import dev.signalbox.exec.ExecListener;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.exec.ExecSettings.ExecCommand;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/** A command that clients may run, and how many run. Thread-safe. */
final class AllowedCommand {
    /** Matching a long argument against a careless expression takes for ever. */
    private static final int LONGEST_ARGUMENT = 256;

    private final ExecCommand config;
    private final Command command;
    private final Semaphore free;

    AllowedCommand(ExecCommand config, ExecListener listener) {
        this.config = config;
        this.free = new Semaphore(config.concurrency());
        Command plain = Command.of(config.words())
                .timeout(config.timeout())
                .maxOutput(config.maxOutput())
                .listener(listener);
        Command limited = ExecSettings.limited(plain, config.limits());
        Command placed = config.dir().map(limited::in).orElse(limited);
        this.command = config.environment()
                .map(Secret::value)
                .map(text -> withVariables(placed, text))
                .orElse(placed);
    }

    private static Command withVariables(Command command, String variables) {
        Command changed = command;
        for (String variable : variables.strip().split("\\s+", -1)) {
            int equals = variable.indexOf('=');
            changed = equals < 0 ? changed : changed.env(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return changed;
    }

    String name() {
        return config.name();
    }

    int maxOutput() {
        return config.maxOutput();
    }

    /** With a client's arguments. @throws IllegalArgumentException if they are not allowed */
    Command with(List<String> arguments) {
        List<Pattern> allowed = config.arguments();
        if (arguments.size() > allowed.size()) {
            throw new IllegalArgumentException("command " + name() + " takes at most " + allowed.size() + " arguments");
        }
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.length() > LONGEST_ARGUMENT
                    || !allowed.get(i).matcher(argument).matches()) {
                throw new IllegalArgumentException("argument " + (i + 1) + " of command " + name() + " has to match "
                        + allowed.get(i) + " and have at most " + LONGEST_ARGUMENT + " characters");
            }
        }
        return command.with(arguments);
    }

    boolean tryBegin() {
        return free.tryAcquire();
    }

    void end() {
        free.release();
    }
}
