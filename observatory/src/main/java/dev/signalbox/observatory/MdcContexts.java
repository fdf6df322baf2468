package dev.signalbox.observatory;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds the context of an event that is appended by another thread than the one that logged it. All that an asynchronous
 * appender takes along is the MDC, and that holds texts only; so the MDC gets a text that stands for the context. Thread-safe.
 *
 * <p>The text counts by identity: another one that reads the same, such as one that a request's header brought into the MDC,
 * stands for nothing. It is held weakly, so an entry lives as long as an MDC or a waiting event has the text, and there are
 * no more of them than there are of those.
 */
final class MdcContexts {
    static final String KEY = "execution_context";

    private static final Map<Handle, ExecutionContext> CONTEXTS = new ConcurrentHashMap<>();
    private static final ReferenceQueue<String> UNUSED = new ReferenceQueue<>();
    private static final AtomicLong NUMBER = new AtomicLong();

    private MdcContexts() {}

    /** A text that stands for the context as long as somebody holds it. */
    static String put(ExecutionContext context) {
        for (var unused = UNUSED.poll(); unused != null; unused = UNUSED.poll()) {
            CONTEXTS.remove(unused);
        }
        String text = "c" + NUMBER.incrementAndGet();
        CONTEXTS.put(new Handle(text, UNUSED), context);
        return text;
    }

    static Optional<ExecutionContext> find(@Nullable String text) {
        return text == null ? Optional.empty() : Optional.ofNullable(CONTEXTS.get(new Handle(text, null)));
    }

    /** How many are held; those that the collector freed are counted until the next {@link #put}. */
    static int size() {
        return CONTEXTS.size();
    }

    private static final class Handle extends WeakReference<String> {
        private final int hash;

        Handle(String text, @Nullable ReferenceQueue<String> unused) {
            super(text, unused);
            hash = System.identityHashCode(text);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            String text = get();
            return text != null && other instanceof Handle handle && handle.refersTo(text);
        }
    }
}
