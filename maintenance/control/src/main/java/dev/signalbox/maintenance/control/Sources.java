package dev.signalbox.maintenance.control;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sources of a node, started and heard; what they say goes into {@link Wishes} under the monitor. Thread-safe. */
final class Sources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

    private final Monitor monitor;
    private final Wishes wishes;
    private final EventFeed events;
    private final InstantSource clock;
    private final Map<String, SignalSource> open = new LinkedHashMap<>();

    Sources(Monitor monitor, Wishes wishes, EventFeed events, InstantSource clock) {
        this.monitor = monitor;
        this.wishes = wishes;
        this.events = events;
        this.clock = clock;
    }

    void add(SignalSource source) {
        String name = source.name();
        monitor.run(() -> {
            if (wishes.knows(name)) {
                throw new IllegalArgumentException("a source is already named " + name);
            }
            wishes.add(name, clock.instant());
            open.put(name, source);
        });
        source.start(new Heard(name));
    }

    boolean remove(String name) {
        Optional<SignalSource> removed = monitor.get(() -> Optional.ofNullable(open.remove(name)));
        removed.ifPresent(source -> {
            source.close();
            monitor.run(() -> wishes.remove(name));
        });
        return removed.isPresent();
    }

    void said(String source, Optional<Signal> signal) {
        boolean[] news = new boolean[1];
        monitor.run(() -> news[0] = wishes.says(source, signal, clock.instant()));
        if (news[0]) {
            tell(
                    MaintenanceEvent.Kind.MAINTENANCE,
                    source,
                    signal.isPresent() ? "signal on" : "signal off",
                    signal.map(on -> Map.of("actor", on.actor(), "reason", on.reason()))
                            .orElse(Map.of()));
        }
    }

    private void lost(String source, String reason) {
        boolean[] news = new boolean[1];
        monitor.run(() -> news[0] = wishes.lost(source, reason));
        if (news[0]) {
            LOG.warn("the maintenance signals of {} cannot be read; what it said last holds: {}", source, reason);
            tell(MaintenanceEvent.Kind.HEALTH, source, "lost", Map.of("reason", reason));
        }
    }

    private void tell(MaintenanceEvent.Kind kind, String source, String what, Map<String, String> details) {
        events.publish(new MaintenanceEvent(clock.instant(), kind, source, what, details));
    }

    @Override
    public void close() {
        List<SignalSource> all = new ArrayList<>();
        monitor.run(() -> {
            all.addAll(open.values());
            open.clear();
        });
        all.forEach(SignalSource::close);
    }

    /** What one source says. */
    private final class Heard implements SignalSource.Listener {
        private final String source;

        Heard(String source) {
            this.source = source;
        }

        @Override
        public void says(Optional<Signal> signal) {
            said(source, signal);
        }

        @Override
        public void lost(String reason) {
            Sources.this.lost(source, reason);
        }
    }
}
