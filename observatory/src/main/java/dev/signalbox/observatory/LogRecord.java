package dev.signalbox.observatory;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened. Immutable, and not yet encoded: making one costs the caller little. Making one never throws: code
 * that logs must not fail for what it logs, so a null becomes what it would be in a text, {@code null}.
 *
 * @param time when; null means now
 * @param severity how grave; null means {@link Severity#INFO}
 * @param message what, in words; any length up to what a batch may have
 * @param module what it is about, such as a logger's name; may be empty
 * @param submodule a part of it; may be empty
 * @param data further fields, in their order. A value is a {@link String}, {@link Long}, {@link Double} or {@link Boolean};
 *     other numbers become one of these, and anything else its text
 * @param trace where in a trace it belongs, if anywhere; of a record without one, the context's
 */
public record LogRecord(
        Instant time,
        Severity severity,
        String message,
        String module,
        String submodule,
        Map<String, Object> data,
        @Nullable Trace trace) {
    /** What an empty record costs in memory besides its text: the objects, and its place in a queue. */
    private static final int OVERHEAD = 160;

    private static final int OVERHEAD_FIELD = 64;

    public LogRecord {
        time = Objects.requireNonNullElseGet(time, Instant::now);
        severity = Objects.requireNonNullElse(severity, Severity.INFO);
        message = String.valueOf(message);
        module = Objects.requireNonNullElse(module, "");
        submodule = Objects.requireNonNullElse(submodule, "");
        data = fields(data);
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

    /** With one more field, or with another value for the field of that name. */
    public LogRecord with(@Nullable String name, @Nullable Object value) {
        var fields = new LinkedHashMap<>(data);
        fields.put(String.valueOf(name), field(value));
        return with(fields);
    }

    /** With these fields instead. */
    LogRecord with(Map<String, Object> fields) {
        return new LogRecord(time, severity, message, module, submodule, fields, trace);
    }

    LogRecord withMessage(String value) {
        return new LogRecord(time, severity, value, module, submodule, data, trace);
    }

    public LogRecord withTrace(Trace value) {
        return new LogRecord(time, severity, message, module, submodule, data, value);
    }

    /** The trace, if there is one. */
    public Optional<Trace> inTrace() {
        return Optional.ofNullable(trace);
    }

    private static Map<String, Object> fields(@Nullable Map<? extends @Nullable String, ?> data) {
        if (data == null || data.isEmpty()) {
            return Map.of();
        }
        var fields = new LinkedHashMap<String, Object>();
        data.forEach((name, value) -> fields.put(String.valueOf(name), field(value)));
        return Collections.unmodifiableMap(fields);
    }

    private static Object field(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> text;
            case Boolean truth -> truth;
            case Long number -> number;
            case Double number -> number;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case Float number -> number.doubleValue();
            default -> text(value);
        };
    }

    private static String text(Object value) {
        try {
            return String.valueOf(value.toString());
        } catch (RuntimeException | StackOverflowError e) {
            return "[toString() of " + value.getClass().getName() + " failed: "
                    + e.getClass().getName() + "]";
        }
    }

    /** What it costs in memory, in bytes, about; Latin text takes a byte a character, other text two. */
    int weight() {
        int weight = OVERHEAD + message.length() + module.length() + submodule.length();
        for (var field : data.entrySet()) {
            weight += OVERHEAD_FIELD + field.getKey().length() + weight(field.getValue());
        }
        return weight;
    }

    private static int weight(Object value) {
        return value instanceof String text ? text.length() : Long.BYTES;
    }
}
