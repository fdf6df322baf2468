package dev.signalbox.observatory;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts, and tells the listener. Thread-safe. */
final class Counters {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);

    final LongAdder accepted = new LongAdder();
    final LongAdder recovered = new LongAdder();
    final LongAdder notices = new LongAdder();
    final LongAdder shipped = new LongAdder();
    final LongAdder batches = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder spooled = new LongAdder();
    final LongAdder deadLettered = new LongAdder();
    private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);
    private final ObservatoryListener listener;
    private final AtomicBoolean complained = new AtomicBoolean();

    Counters(ObservatoryListener listener) {
        this.listener = listener;
        for (var reason : DropReason.values()) {
            dropped.put(reason, new LongAdder());
        }
    }

    void shipped(int records, int bytes, Duration took) {
        shipped.add(records);
        batches.increment();
        tell(l -> l.shipped(records, bytes, took));
    }

    void failed(String why) {
        failures.increment();
        tell(l -> l.failed(why));
    }

    void spooled(int records) {
        spooled.add(records);
        tell(l -> l.spooled(records));
    }

    void spoolFailed(String why) {
        tell(l -> l.spoolFailed(why));
    }

    void deadLettered(int records, String why) {
        deadLettered.add(records);
        tell(l -> l.deadLettered(records, why));
    }

    void dropped(DropReason reason, int records) {
        Objects.requireNonNull(dropped.get(reason)).add(records);
        tell(l -> l.dropped(reason, records));
    }

    Map<DropReason, Long> dropped() {
        var counts = new EnumMap<DropReason, Long>(DropReason.class);
        dropped.forEach((reason, count) -> counts.put(reason, count.sum()));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    private void tell(Consumer<ObservatoryListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            if (complained.compareAndSet(false, true)) {
                LOG.warn("the observatory's listener failed; this is said once", e);
            }
        }
    }
}
