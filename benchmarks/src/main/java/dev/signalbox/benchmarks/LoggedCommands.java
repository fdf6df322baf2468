package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs commands that prepare what is measured, each to its end. What they print is appended to a log; standard error tells which command
 * runs, and for how long, since some take minutes.
 */
final class LoggedCommands {
    private static final Duration REMINDER = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private final Path folder;
    private final Path log;
    private final Map<String, String> environment;

    /** @param log is begun by the first command, in a folder that exists */
    LoggedCommands(Path folder, Path log) {
        this(folder, log, Map.of());
    }

    private LoggedCommands(Path folder, Path log, Map<String, String> environment) {
        this.folder = folder;
        this.log = log;
        this.environment = environment;
    }

    /** The same with one more variable in the environment. */
    LoggedCommands with(String variable, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(variable, value);
        return new LoggedCommands(folder, log, more);
    }

    void run(String... command) {
        run(List.of(command));
    }

    /** @throws IllegalStateException naming the log if it does not start, fails, or does not end within 30 minutes */
    void run(List<String> command) {
        String text = String.join(" ", command);
        tell(text);
        Process process = start(command);
        try {
            if (!awaitEnd(process)) {
                throw new IllegalStateException(
                        text + " did not end within " + PATIENCE.toMinutes() + " min; see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + text, e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(text + " ended with " + process.exitValue() + "; see " + log);
        }
    }

    private Process start(List<String> command) {
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("\"" + command.getFirst() + "\" did not start: " + e.getMessage(), e);
        }
    }

    private boolean awaitEnd(Process process) throws InterruptedException {
        long began = System.nanoTime();
        while (!process.waitFor(REMINDER)) {
            Duration passed = Duration.ofNanos(System.nanoTime() - began);
            if (passed.compareTo(PATIENCE) > 0) {
                return false;
            }
            tell("still running after " + passed.toSeconds() + " s; its output is in " + log);
        }
        return true;
    }

    private static void tell(String what) {
        System.err.println("bench: " + what);
    }
}
