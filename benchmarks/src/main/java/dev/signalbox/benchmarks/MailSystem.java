package dev.signalbox.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A way to send mail over SMTP. */
interface MailSystem extends AutoCloseable {
    /** To one server, where the system lets one say so. */
    int CONNECTIONS = 10;

    String FROM = "me@example.org";
    String TO = "alice@example.com";
    String SUBJECT = "Your bill of March";
    String TEXT = "Dear Alice,\n\nthank you for your order. The bill is below.\n\n"
            + "A line of the bill, 10.00\n".repeat(20);
    String HTML = "<p>Dear Alice,</p><p>thank you for your order. The bill is below.</p><ul>"
            + "<li>A line of the bill, 10.00</li>".repeat(20) + "</ul>";

    String name();

    /**
     * Sends until the time is over.
     *
     * @param senders how many do so at a time
     * @param attached what each message has attached; nothing if empty
     * @return how many messages the server took
     */
    long send(Duration duration, int senders, byte[] attached) throws Exception;

    /** For systems in this process: as many virtual threads as senders, each with one message after another. */
    static long inThreads(Duration duration, int senders, Callable<?> sendOne) throws Exception {
        long end = System.nanoTime() + duration.toNanos();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                all.add(threads.submit(() -> {
                    long sent = 0;
                    while (System.nanoTime() < end) {
                        sendOne.call();
                        sent++;
                    }
                    return sent;
                }));
            }
            long sent = 0;
            for (Future<Long> each : all) {
                sent += each.get();
            }
            return sent;
        }
    }
}
