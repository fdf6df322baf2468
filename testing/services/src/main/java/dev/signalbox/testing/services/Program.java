package dev.signalbox.testing.services;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Running programs of this machine as parts of tests. */
final class Program {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private Program() {}

    /** Finds one on the PATH, or where the system keeps its servers. */
    static Path find(String name) {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + name + " on the PATH"));
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static Process start(List<String> command, Path log) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(command.getFirst() + " did not start", e);
        }
    }

    /** Waits until it answers; ends it if it does not, or ends by itself. */
    static void await(Process process, Path log, BooleanSupplier answers, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (!answers.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                kill(process);
                throw new IllegalStateException("it does not answer: " + text(log));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** Runs to its end. */
    static void run(List<String> command, Path log, Duration patience) {
        Process process = start(command, log);
        if (!hasEnded(process, patience) || process.exitValue() != 0) {
            kill(process);
            throw new IllegalStateException(command.getFirst() + " failed: " + text(log));
        }
    }

    private static boolean hasEnded(Process process, Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static void kill(Process process) {
        process.destroyForcibly();
        hasEnded(process, Duration.ofSeconds(10));
    }

    /**
     * Sends it a signal.
     *
     * @param name such as {@code STOP}
     */
    static void signal(Process process, String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start();
            if (!hasEnded(kill, Duration.ofSeconds(20)) || kill.exitValue() != 0) {
                throw new IllegalStateException("signal " + name + " was not sent to " + process);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("kill did not start", e);
        }
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "its log cannot be read: " + e;
        }
    }
}
