package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** An {@link ObservatorySink} and how to talk to it. */
final class ObservatorySinkProcess implements AutoCloseable {
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final URI uri;

    private ObservatorySinkProcess(Process process) throws IOException {
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.US_ASCII);
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
        this.uri = URI.create("http://127.0.0.1:" + answers.readLine());
    }

    static ObservatorySinkProcess start() throws IOException {
        return new ObservatorySinkProcess(Java.start(ObservatorySink.class));
    }

    URI uri() {
        return uri;
    }

    void up() {
        order("up");
    }

    void down() {
        order("down");
    }

    /** Forgets what it has counted. */
    void reset() {
        order("reset");
    }

    /** How many different records came. */
    int count() {
        return Integer.parseInt(order("count"));
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
