package dev.signalbox.benchmarks;

import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The simulated language model in a process of its own, so that its processor time is not the client's. */
final class LlmSimulatorProcess implements AutoCloseable {
    private final Process process;
    private final String url;

    private LlmSimulatorProcess(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    static LlmSimulatorProcess start() throws IOException {
        Process process = Java.start(LlmSimulatorProcess.class);
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        String url = said.readLine();
        if (url == null) {
            throw new IOException("the simulator did not start");
        }
        return new LlmSimulatorProcess(process, url);
    }

    /** What an OpenAI client takes for its base URL. */
    String url() {
        return url;
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** The process: ends when its input does, and so with its parent. */
    static void main(String[] arguments) throws IOException {
        Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults())) {
            System.out.println(simulator.openAi());
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
