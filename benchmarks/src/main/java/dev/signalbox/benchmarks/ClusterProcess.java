package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process that answers each line with one line. For one thread. */
final class ClusterProcess implements AutoCloseable {
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final String first;

    private ClusterProcess(Process process) {
        this.process = process;
        orders = process.outputWriter(StandardCharsets.US_ASCII);
        answers = process.inputReader(StandardCharsets.US_ASCII);
        first = answer();
    }

    /** Starts one, and returns when it has said its first line. */
    static ClusterProcess start(Path folder, List<String> command) throws IOException {
        return new ClusterProcess(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The same, of a class of this benchmark. */
    static ClusterProcess java(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Java.executable(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                main.getName()));
        command.addAll(List.of(arguments));
        return start(Path.of(""), command);
    }

    /** Where rivals are installed: as all that a run makes, below {@code .signalbox} of the checkout. */
    static Path install(String rival) throws IOException {
        String home = System.getenv().getOrDefault("SIGNALBOX_HOME", ".");
        return Files.createDirectories(Path.of(home, ".signalbox", rival).toAbsolutePath());
    }

    /** Runs a program to its end. */
    static void run(Path folder, List<String> command, Map<String, String> variables)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(variables);
        int code = builder.start().waitFor();
        if (code != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
        }
    }

    /** What it said by itself. */
    String first() {
        return first;
    }

    String ask(String order) {
        try {
            orders.write(order + "\n");
            orders.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("a process is gone: " + process.info(), e);
        }
        return answer();
    }

    private String answer() {
        try {
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("a process ended: " + process.info());
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("a process is gone: " + process.info(), e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
