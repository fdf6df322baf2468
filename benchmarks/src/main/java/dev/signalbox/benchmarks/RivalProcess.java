package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A queue of another language, in a process that takes a command a line and answers each with a line of JSON. */
final class RivalProcess implements DeliveryRival {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final boolean inPostgresql;
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter commands;

    private RivalProcess(String name, boolean inPostgresql, Process process) {
        this.name = name;
        this.inPostgresql = inPostgresql;
        this.process = process;
        this.answers = process.inputReader();
        this.commands = new PrintWriter(process.outputWriter(), true);
    }

    /** Starts it, and waits until it has made its tables. */
    static RivalProcess start(String name, boolean inPostgresql, List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        RivalProcess rival = new RivalProcess(name, inPostgresql, process);
        try {
            rival.answer("its start");
            return rival;
        } catch (Exception e) {
            rival.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isInPostgresql() {
        return inPostgresql;
    }

    @Override
    public double fill(int count) throws Exception {
        return ask("fill " + count).get("seconds").asDouble();
    }

    @Override
    public double empty(int count) throws Exception {
        return ask("empty " + count).get("seconds").asDouble();
    }

    /** Sends a command, and returns what it answers. */
    JsonNode ask(String command) throws Exception {
        commands.println(command);
        return answer(command);
    }

    private JsonNode answer(String to) throws Exception {
        CompletableFuture<@Nullable String> line = new CompletableFuture<>();
        Thread.ofVirtual().name("answers-of-" + name).start(() -> read(line));
        String answer = line.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (answer == null) {
            throw new IOException(name + " ended before it answered " + to);
        }
        JsonNode read = JSON.readTree(answer);
        if (read.has("error")) {
            throw new IOException(
                    name + " failed at " + to + ": " + read.get("error").asString());
        }
        return read;
    }

    private void read(CompletableFuture<@Nullable String> line) {
        try {
            line.complete(answers.readLine());
        } catch (IOException e) {
            line.completeExceptionally(e);
        }
    }

    /** It ends when there are no more commands. */
    @Override
    public void close() {
        commands.close();
        try {
            if (process.waitFor(LAST_PATIENCE)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
