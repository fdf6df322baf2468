package dev.signalbox.observatory;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the appenders of Logback, Log4j and {@code java.util.logging} share: whether an event is shipped, in which context, and
 * what is made of it. No lock is held, so with {@link WhenFull#BLOCK} each caller waits for itself. Thread-safe.
 */
final class EventForwarder {
    private static final List<String> OWN_LOGGERS =
            List.of("dev.signalbox.observatory.", "jdk.httpclient.", "jdk.internal.httpclient.", "java.net.http.");

    private EventForwarder() {}

    /** Whether the library or the JDK's HTTP client logs: if that were shipped, there would be no end of it. */
    static boolean isOwn(@Nullable String logger) {
        return LibraryThreads.isCurrent()
                || (logger != null && OWN_LOGGERS.stream().anyMatch((logger + ".")::startsWith));
    }

    /**
     * Ships the record with the MDC's entries as fields besides its own. The context is the one in which it was logged: the
     * MDC's, which asynchronous appenders take along, or else this thread's.
     */
    static void forward(Observatory to, LogRecord record, Map<String, String> mdc) {
        var context = MdcContexts.find(mdc.get(MdcContexts.KEY)).orElseGet(ExecutionContext::current);
        to.log(context, within(record, mdc));
    }

    static String stackTrace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static LogRecord within(LogRecord record, Map<String, String> mdc) {
        if (mdc.isEmpty()) {
            return record;
        }
        Map<String, Object> fields = new LinkedHashMap<>(mdc);
        fields.remove(MdcContexts.KEY);
        fields.putAll(record.data());
        var whole = record.with(fields);
        return trace(mdc).map(whole::withTrace).orElse(whole);
    }

    /** Of code that carries a trace across threads by the MDC only. */
    private static Optional<Trace> trace(Map<String, String> mdc) {
        String trace = mdc.get("trace_id");
        String span = mdc.get("span_id");
        return trace == null || span == null ? Optional.empty() : Trace.parse("00-" + trace + "-" + span + "-01");
    }
}
