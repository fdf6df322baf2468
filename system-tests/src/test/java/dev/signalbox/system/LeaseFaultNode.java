package dev.signalbox.system;

import dev.signalbox.testing.services.FaultProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A {@link LeaseNode} whose process, ways to the stores and wall clock a test breaks; what it tells goes into the stores' histories. */
final class LeaseFaultNode implements AutoCloseable {
    private final String name;
    private final Path folder;
    private final List<LeaseFaultStore> stores;
    private final Map<String, FaultProxy> proxies = new HashMap<>();
    private final AtomicInteger standing = new AtomicInteger();
    private Process process;
    private int starts;
    private Duration off = Duration.ZERO;

    LeaseFaultNode(String name, Path folder, List<LeaseFaultStore> stores) {
        this.name = name;
        this.folder = folder;
        this.stores = stores;
        stores.forEach(store -> proxies.put(store.name(), FaultProxy.before(store.port())));
        this.process = launch();
    }

    private Process launch() {
        standing.set(0);
        starts++;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                LeaseNode.class.getName(),
                name));
        stores.forEach(store -> command.add(store.name() + "=" + store.through().apply(port(store))));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()));
        try {
            Process started = builder.start();
            String life = life();
            Thread.ofVirtual().start(() -> read(life, started));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int port(LeaseFaultStore store) {
        return Objects.requireNonNull(proxies.get(store.name())).port();
    }

    /** Its name in histories: a process that is started again is another. */
    private String life() {
        return name + starts;
    }

    private void read(String life, Process from) {
        try (BufferedReader lines = from.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                told(life, line.split(" "));
            }
        } catch (IOException e) {
            // It was killed, perhaps in the middle of a line.
        }
    }

    private void told(String life, String[] words) {
        LeaseHistory history = stores.stream()
                .filter(store -> store.name().equals(words[0]))
                .findFirst()
                .orElseThrow()
                .history();
        switch (words[1]) {
            case LeaseNode.STANDING -> standing.incrementAndGet();
            case LeaseNode.ELECTED -> history.elected(life, Long.parseLong(words[2]));
            case LeaseNode.LOST -> history.lost(life, Long.parseLong(words[2]));
            default -> history.wrote(life, Long.parseLong(words[2]), Long.parseLong(words[3]));
        }
    }

    /** Whether it stands for election on all stores. */
    boolean stands() {
        return standing.get() == stores.size();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean leads(LeaseFaultStore store) {
        return store.history().leader().equals(Optional.of(life()));
    }

    /** Ends it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
    }

    /** In place of one that was killed. */
    void startAgain() {
        off = Duration.ZERO;
        process = launch();
    }

    /** What an operator's kill does. */
    void signal(String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + signal + " ended with " + code);
        }
    }

    /** What it asks of the stores is still done, but it hears no answer. */
    void deafen() {
        proxies.values().forEach(FaultProxy::swallowAnswers);
    }

    /** Ends that; its connections are gone. */
    void heal() {
        proxies.values().forEach(FaultProxy::cutOnce);
    }

    /** Sets its wall clock forward by that much, or back, from one moment to the next. */
    void moveClock(Duration by) throws IOException {
        off = off.plus(by);
        Writer orders = process.outputWriter(StandardCharsets.US_ASCII);
        orders.write(off.toSeconds() + "\n");
        orders.flush();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        proxies.values().forEach(FaultProxy::close);
    }
}
