package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A {@link MailSink} and how to talk to it. */
final class MailSinkProcess implements AutoCloseable {
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final int port;

    MailSinkProcess() {
        try {
            process = Java.start(MailSink.class);
            orders = process.outputWriter(StandardCharsets.US_ASCII);
            answers = process.inputReader(StandardCharsets.US_ASCII);
            port = Integer.parseInt(Objects.requireNonNull(answers.readLine(), "the sink has ended"));
        } catch (IOException e) {
            throw new UncheckedIOException("the sink cannot be started", e);
        }
    }

    int port() {
        return port;
    }

    /** How long it waits before it says something. */
    void delay(int milliseconds) {
        var _ = order("delay " + milliseconds);
    }

    void reset() {
        var _ = order("reset");
    }

    long count() {
        return Long.parseLong(order("count"));
    }

    private String order(String order) {
        try {
            orders.write(order + "\n");
            orders.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("the sink is gone");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("the sink is gone", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
