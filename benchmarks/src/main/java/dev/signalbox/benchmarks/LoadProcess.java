package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Clients in a process of their own, which take orders, each a line, and answer each with a line of numbers. For one thread. */
final class LoadProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;

    private LoadProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.US_ASCII);
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** {@code main} is a class that calls {@link #serve}. */
    static LoadProcess start(Class<?> main, String... arguments) throws IOException {
        return new LoadProcess(main.getSimpleName(), Java.start(main, arguments));
    }

    /** @throws IllegalStateException if the process has ended instead of answering; its standard error says why */
    long[] order(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IllegalStateException(name + " ended; it was asked for: " + order);
        }
        return Arrays.stream(answer.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    /** Carries out one order. */
    @FunctionalInterface
    interface Orders {
        long[] answer(String[] order) throws IOException;
    }

    /** In the process of the clients: carries out orders until there are no more. */
    static void serve(Orders orders) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(LongStream.of(orders.answer(line.split(" ")))
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(" ")));
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join(); // else the clients may say that their server closed their connections
    }
}
