package dev.signalbox.observatory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.MDC;

/**
 * On whose behalf code runs: where its records go, the trace they belong to, and the baggage that came along. It travels
 * in a {@link ScopedValue}, so it ends with the call that it was given to and is inherited by what a structured task
 * scope forks; other threads need it handed to them, see {@link #run}. Immutable.
 *
 * <p>While it runs, {@code trace_id}, {@code span_id} and {@code context_id} are in SLF4J's MDC, for the local log.
 *
 * @param destination where records go; without one, to the default
 * @param trace where in a distributed trace this is
 * @param baggage W3C baggage; shipped with each record as fields named {@code baggage.*}
 */
public record ExecutionContext(Optional<Destination> destination, Optional<Trace> trace, Map<String, String> baggage) {
    /** No destination of its own, no trace. */
    public static final ExecutionContext NONE = new ExecutionContext(Optional.empty(), Optional.empty(), Map.of());

    private static final ScopedValue<ExecutionContext> CURRENT = ScopedValue.newInstance();

    public ExecutionContext {
        baggage = Map.copyOf(baggage);
    }

    public static ExecutionContext to(Destination destination) {
        return new ExecutionContext(Optional.of(destination), Optional.empty(), Map.of());
    }

    /** The one that this thread runs in, or {@link #NONE}. */
    public static ExecutionContext current() {
        return CURRENT.isBound() ? CURRENT.get() : NONE;
    }

    /** Runs the task in this context. */
    public void run(Runnable task) {
        try (var ids = new Ids(this)) {
            ScopedValue.where(CURRENT, this).run(task);
        }
    }

    /** Calls the task in this context. */
    public <T> T call(Callable<T> task) throws Exception {
        try (var ids = new Ids(this)) {
            return ScopedValue.where(CURRENT, this).call(task::call);
        }
    }

    /** The same task, to be run in this context by whatever thread. */
    public Runnable wrap(Runnable task) {
        return () -> run(task);
    }

    public boolean isEmpty() {
        return equals(NONE);
    }

    /** The ids in the MDC, and what was there before. */
    private static final class Ids implements AutoCloseable {
        private final List<MDC.MDCCloseable> put = new ArrayList<>(3);
        private final Map<String, Optional<String>> before;

        Ids(ExecutionContext context) {
            before = Map.of(
                    "trace_id", Optional.ofNullable(MDC.get("trace_id")),
                    "span_id", Optional.ofNullable(MDC.get("span_id")),
                    "context_id", Optional.ofNullable(MDC.get("context_id")));
            context.trace.ifPresent(trace -> {
                put.add(MDC.putCloseable("trace_id", trace.traceId()));
                put.add(MDC.putCloseable("span_id", trace.spanId()));
            });
            context.destination
                    .map(Destination::id)
                    .filter(id -> !id.isEmpty())
                    .ifPresent(id -> put.add(MDC.putCloseable("context_id", id)));
        }

        @Override
        public void close() {
            put.forEach(MDC.MDCCloseable::close);
            before.forEach((key, value) -> value.ifPresent(old -> MDC.put(key, old)));
        }
    }
}
