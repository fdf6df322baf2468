package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Two processes that stand for one election, and what they told. For one thread, beside those that read. */
final class FailoverPair implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    /** @param nanos when it was told, by {@link System#nanoTime} */
    record Told(Node node, String word, long epoch, long nanos) {}

    /** One process. */
    record Node(Process process) {
        void signal(String name) throws IOException, InterruptedException {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + code);
            }
        }
    }

    private final String url;
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private Node leader;
    private Node other;
    private long epoch;

    FailoverPair(String url) throws IOException, InterruptedException {
        this.url = url;
        leader = start();
        epoch = elected(leader).epoch();
        other = start();
        await(other, "standing");
    }

    private Node start() throws IOException {
        Process process = Java.start(FailoverNode.class, url, "bench");
        Node node = new Node(process);
        Thread.ofVirtual().name("bench-failover").start(() -> read(node));
        return node;
    }

    private void read(Node node) {
        try (BufferedReader lines = node.process().inputReader(StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int blank = line.indexOf(' ');
                told.add(new Told(
                        node, line.substring(0, blank), Long.parseLong(line.substring(blank + 1)), System.nanoTime()));
            }
        } catch (IOException e) {
            if (node.process().isAlive()) {
                told.add(new Told(node, "unreadable", 0, System.nanoTime()));
            }
        }
    }

    /** The next election, which must be that node's, with a greater epoch than all before. */
    private Told elected(Node node) throws InterruptedException {
        Told next = next();
        while (!next.word().equals("elected")) {
            next = next();
        }
        requireNewer(next);
        if (!next.node().equals(node)) {
            throw new IllegalStateException("on " + url + ", the wrong node: " + next);
        }
        return next;
    }

    private void await(Node node, String word) throws InterruptedException {
        Told next = next();
        while (!next.node().equals(node) || !next.word().equals(word)) {
            note(next);
            next = next();
        }
    }

    /**
     * A machine that stands still for longer than a lease lasts makes another lead without an order, which is no fault: the next
     * measurement begins with the one that leads by now.
     */
    private void catchUp() {
        for (Told next = told.poll(); next != null; next = told.poll()) {
            note(next);
        }
    }

    private void note(Told next) {
        if (next.word().equals("elected")) {
            requireNewer(next);
            epoch = next.epoch();
            if (next.node().equals(other)) {
                swap();
            }
        }
    }

    private void requireNewer(Told next) {
        if (next.epoch() <= epoch) {
            throw new IllegalStateException("on " + url + ", an old epoch: " + next + " after " + epoch);
        }
    }

    private Told next() throws InterruptedException {
        Told next = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null || next.word().equals("unreadable")) {
            throw new IllegalStateException(
                    "on " + url + ", nothing was told within " + PATIENCE_SECONDS + " s, or it could not be read");
        }
        return next;
    }

    /** From the order until the other is elected. */
    long handOver() throws IOException, InterruptedException {
        catchUp();
        long begun = System.nanoTime();
        Writer orders = leader.process().outputWriter(StandardCharsets.US_ASCII);
        orders.write("handover\n");
        orders.flush();
        long took = follow(begun);
        swap();
        settle();
        return took;
    }

    /** What comes next finds that the one that led has seen who leads. */
    private static void settle() throws InterruptedException {
        Thread.sleep(FailoverNode.POLL.multipliedBy(10));
    }

    /** From SIGKILL until the other is elected; a new process takes the place of the killed one. */
    long kill() throws IOException, InterruptedException {
        catchUp();
        long begun = System.nanoTime();
        leader.process().destroyForcibly();
        long took = follow(begun);
        leader = other;
        other = start();
        await(other, "standing");
        return took;
    }

    /** From SIGSTOP until the other is elected; then the stopped one goes on, and must not lead. */
    long freeze() throws IOException, InterruptedException {
        catchUp();
        long begun = System.nanoTime();
        leader.signal("STOP");
        long took = follow(begun);
        leader.signal("CONT");
        Node former = leader;
        swap();
        await(former, "lost");
        settle();
        return took;
    }

    private long follow(long begun) throws InterruptedException {
        Told next = elected(other);
        epoch = next.epoch();
        return next.nanos() - begun;
    }

    private void swap() {
        Node former = leader;
        leader = other;
        other = former;
    }

    @Override
    public void close() {
        leader.process().destroyForcibly();
        other.process().destroyForcibly();
    }
}
