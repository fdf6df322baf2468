package dev.signalbox.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Sending mail over ten connections to a sink on this machine: small messages, the same with a network that takes 5 ms for a round
 * trip, by a thousand senders at once, and with 25 MB attached. Counted is what the sink took.
 */
final class MailBenchmark implements Benchmark {
    private static final int SENDERS = 64;
    private static final int MANY_SENDERS = 1_000;
    private static final int FEW_SENDERS = 4;
    private static final int ROUND_TRIP = 5;
    private static final byte[] NOTHING = {};
    private static final int LARGE = 25_000_000;

    private final MailSinkProcess sink = new MailSinkProcess();
    private final List<MailSystem> systems = new ArrayList<>();
    private final byte[] large = new byte[LARGE];

    MailBenchmark() {
        Arrays.fill(large, (byte) 7);
    }

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        systems.add(new MailSignalbox(sink.port()));
        if (settings.rivals()) {
            systems.add(new MailSimpleJavaMail(sink.port()));
            systems.add(new MailVertx(sink.port()));
            systems.add(new MailNodemailer(Rivals.here().nodemailer(), sink.port()));
        }
        List<Case> cases = new ArrayList<>();
        for (MailSystem system : systems) {
            cases.add(duration -> small("small", system, SENDERS, 0, duration));
            cases.add(duration -> small("small-5ms", system, SENDERS, ROUND_TRIP, duration));
            cases.add(duration -> small("senders-1000", system, MANY_SENDERS, 0, duration));
            cases.add(duration -> large(system, duration));
        }
        Path file = MailSmallHeap.file(large);
        cases.add(duration -> smallHeap(file, duration));
        return cases;
    }

    private List<Sample> small(String name, MailSystem system, int senders, int delay, Duration duration)
            throws Exception {
        double rate = rate(system, senders, delay, NOTHING, duration);
        return List.of(new Sample(name, system.name(), rate, "messages/s"));
    }

    private List<Sample> large(MailSystem system, Duration duration) throws Exception {
        double rate = rate(system, FEW_SENDERS, 0, large, duration);
        return List.of(new Sample("attachment-25MB", system.name(), rate * LARGE / 1e6, "MB/s"));
    }

    /** Beside the others' figures, since the start of the process counts. */
    private List<Sample> smallHeap(Path file, Duration duration) throws Exception {
        double rate = counted("signalbox", 0, () -> MailSmallHeap.send(sink.port(), file, duration));
        String name = "attachment-25MB, heap of " + MailSmallHeap.HEAP_MEGABYTES + " MB";
        return List.of(new Sample(name, "signalbox", rate * LARGE / 1e6, "MB/s"));
    }

    private double rate(MailSystem system, int senders, int delay, byte[] attached, Duration duration)
            throws Exception {
        return counted(system.name(), delay, () -> system.send(duration, senders, attached));
    }

    /** Messages a second, if the sink took as many as the sender says. */
    private double counted(String system, int delay, Callable<Long> sending) throws Exception {
        sink.delay(delay);
        sink.reset();
        long began = System.nanoTime();
        long sent = sending.call();
        double seconds = (System.nanoTime() - began) / 1e9;
        if (sink.count() != sent) {
            throw new IllegalStateException(
                    system + " says that it sent " + sent + ", and the sink took " + sink.count());
        }
        return sent / seconds;
    }

    @Override
    public void close() {
        try {
            for (MailSystem system : systems) {
                system.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("a system could not be closed", e);
        } finally {
            sink.close();
        }
    }
}
