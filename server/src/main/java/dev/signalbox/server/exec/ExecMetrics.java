package dev.signalbox.server.exec;

import dev.signalbox.exec.ExecException;
import dev.signalbox.exec.ExecListener;
import dev.signalbox.exec.Exit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Counts the commands of the host, by their configured names, for Prometheus. Thread-safe, and never blocks. */
final class ExecMetrics implements Function<String, ExecListener> {
    private final MeterRegistry registry;

    public ExecMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A listener for the command of this name. To be called once for each. */
    @Override
    public ExecListener apply(String name) {
        var running = new AtomicInteger();
        Gauge.builder("signalbox.exec.running", running, AtomicInteger::get)
                .tag("command", name)
                .description("Commands under way")
                .register(registry);
        return new ForOne(name, running);
    }

    private final class ForOne implements ExecListener {
        private final String name;
        private final AtomicInteger running;

        ForOne(String name, AtomicInteger running) {
            this.name = name;
            this.running = running;
        }

        @Override
        public void started(String program, long pid) {
            running.incrementAndGet();
        }

        @Override
        public void ended(String program, Outcome outcome, Exit exit, Duration duration) {
            running.decrementAndGet();
            count(outcome == Outcome.EXITED ? word(exit) : word(outcome));
            Timer.builder("signalbox.exec.duration")
                    .tag("command", name)
                    .description("How long commands ran")
                    .register(registry)
                    .record(duration);
        }

        private static String word(Outcome outcome) {
            return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static String word(Exit exit) {
            return switch (exit) {
                case Exit.Unknown _ -> "unknown";
                case Exit.Code _, Exit.Signal _ -> exit.success() ? "success" : "failure";
            };
        }

        @Override
        public void failed(String program, ExecException failure) {
            count("not-started");
        }

        private void count(String how) {
            Counter.builder("signalbox.exec.ended")
                    .tag("command", name)
                    .tag("outcome", how)
                    .description("Commands that ended, or could not be started")
                    .register(registry)
                    .increment();
        }
    }
}
