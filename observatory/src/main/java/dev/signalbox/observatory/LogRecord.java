package dev.signalbox.observatory;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened. Immutable, and not yet encoded: making one costs the caller little.
 *
 * @param time when
 * @param severity how grave
 * @param message what, in words; any length up to what a batch may have
 * @param module what it is about, such as a logger's name; may be empty
 * @param submodule a part of it; may be empty
 * @param data further fields
 * @param trace where in a trace it belongs, if anywhere; of a record without one, the context's
 */
public record LogRecord(
        Instant time,
        Severity severity,
        String message,
        String module,
        String submodule,
        Map<String, String> data,
        @Nullable Trace trace) {
    /** What an empty record costs in memory besides its text: the objects, and its place in a queue. */
    private static final int OVERHEAD = 160;

    private static final int OVERHEAD_FIELD = 64;

    public LogRecord {
        data = data.isEmpty() ? Map.of() : Map.copyOf(data);
    }

    /** Of this moment. */
    public static LogRecord of(Severity severity, String message) {
        return new LogRecord(Instant.now(), severity, message, "", "", Map.of(), null);
    }

    public LogRecord withModule(String value) {
        return new LogRecord(time, severity, message, value, submodule, data, trace);
    }

    public LogRecord withSubmodule(String value) {
        return new LogRecord(time, severity, message, module, value, data, trace);
    }

    /** With one more field. */
    public LogRecord with(String name, String value) {
        var fields = new LinkedHashMap<>(data);
        fields.put(name, value);
        return new LogRecord(time, severity, message, module, submodule, fields, trace);
    }

    public LogRecord withTrace(Trace value) {
        return new LogRecord(time, severity, message, module, submodule, data, value);
    }

    /** The trace, if there is one. */
    public Optional<Trace> inTrace() {
        return Optional.ofNullable(trace);
    }

    /** What it costs in memory, in bytes, about; Latin text takes a byte a character, other text two. */
    int weight() {
        int weight = OVERHEAD + message.length() + module.length() + submodule.length();
        for (var field : data.entrySet()) {
            weight +=
                    OVERHEAD_FIELD + field.getKey().length() + field.getValue().length();
        }
        return weight;
    }
}
