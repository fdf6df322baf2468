package dev.signalbox.observatory;

import java.util.HashMap;
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
 * <p>While it runs, {@code trace_id}, {@code span_id} and {@code context_id} are in SLF4J's MDC, for the local log, and
 * {@value MdcContexts#KEY} stands there for the context itself, so that an asynchronous appender finds it. Code that clears
 * the MDC takes that away.
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

    /**
     * The same without a destination: for what a program logs about itself while it works on somebody's behalf. Such records
     * go to the default destination, and keep the trace.
     */
    public ExecutionContext withoutDestination() {
        return new ExecutionContext(Optional.empty(), trace, baggage);
    }

    /** The same task, to be run in this context by whatever thread. */
    public Runnable wrap(Runnable task) {
        return () -> run(task);
    }

    public boolean isEmpty() {
        return equals(NONE);
    }

    /** What the MDC says of the context, and what it said before. */
    private static final class Ids implements AutoCloseable {
        private static final List<String> KEYS = List.of("trace_id", "span_id", "context_id", MdcContexts.KEY);

        private final Map<String, Optional<String>> before = new HashMap<>();

        Ids(ExecutionContext context) {
            KEYS.forEach(key -> before.put(key, Optional.ofNullable(MDC.get(key))));
            set("trace_id", context.trace.map(Trace::traceId));
            set("span_id", context.trace.map(Trace::spanId));
            set("context_id", context.destination.map(Destination::id).filter(id -> !id.isEmpty()));
            set(MdcContexts.KEY, context.isEmpty() ? Optional.empty() : Optional.of(MdcContexts.put(context)));
        }

        private static void set(String key, Optional<String> value) {
            value.ifPresentOrElse(text -> MDC.put(key, text), () -> MDC.remove(key));
        }

        @Override
        public void close() {
            before.forEach(Ids::set);
        }
    }
}
