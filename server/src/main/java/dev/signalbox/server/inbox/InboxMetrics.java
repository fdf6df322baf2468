package dev.signalbox.server.inbox;

import dev.signalbox.delivery.inbox.InboxItem.State;
import dev.signalbox.delivery.inbox.InboxListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Counts what changes in inboxes through this node. Thread-safe. */
final class InboxMetrics {
    private final Counter added;
    private final Map<State, Counter> marked = new EnumMap<>(State.class);

    InboxMetrics(MeterRegistry registry) {
        added = Counter.builder("signalbox.inbox.added")
                .description("Items put into inboxes")
                .register(registry);
        for (State state : State.values()) {
            marked.put(
                    state,
                    Counter.builder("signalbox.inbox.marked")
                            .description("Items of inboxes that took another state")
                            .tag("state", state.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void count(InboxListener.Change change) {
        switch (change) {
            case InboxListener.Added _ -> added.increment();
            case InboxListener.Marked some ->
                Objects.requireNonNull(marked.get(some.state()), "each state has a counter")
                        .increment(some.ids().size());
        }
    }
}
