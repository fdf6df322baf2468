package dev.signalbox.observatory;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.ErrorManager;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Ships what {@code java.util.logging} logs, with SLF4J's MDC, the number of the thread and the stack trace as fields. With an
 * observatory it ships there, and that stays its owner's; without one it has its own, set up by properties of the
 * {@link LogManager}:
 *
 * <pre>{@code
 * handlers = dev.signalbox.observatory.ObservatoryHandler
 * dev.signalbox.observatory.ObservatoryHandler.url = https://logs.example.com
 * dev.signalbox.observatory.ObservatoryHandler.token = ...
 * }</pre>
 *
 * <p>The other properties are {@code header} ({@code Name: value}), {@code format}, {@code service}, {@code spoolFolder},
 * {@code deadLetterFolder}, {@code whenFull}, {@code longestRecord} and {@code level}. It holds no lock. Thread-safe.
 */
public final class ObservatoryHandler extends Handler {
    private static final String PREFIX = ObservatoryHandler.class.getName() + ".";
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Formatter messages = new SimpleFormatter();
    private final @Nullable Observatory owned;
    private volatile @Nullable Observatory observatory;

    /** As the log manager's properties say. If they do not fit, the handler reports that and ships nothing. */
    public ObservatoryHandler() {
        owned = start();
        observatory = owned;
    }

    /** Ships there; closing the handler does not close the observatory. */
    public ObservatoryHandler(Observatory observatory) {
        owned = null;
        this.observatory = observatory;
    }

    private @Nullable Observatory start() {
        var settings = new AppenderSettings();
        try {
            property("url", value -> settings.url = value);
            property("token", value -> settings.token = value);
            property("header", settings::header);
            property("format", value -> settings.format = AppenderSettings.constant(WireFormat.class, value));
            property("service", value -> settings.service = value);
            property("spoolFolder", value -> settings.spoolFolder = value);
            property("deadLetterFolder", value -> settings.deadLetterFolder = value);
            property("whenFull", value -> settings.whenFull = AppenderSettings.constant(WhenFull.class, value));
            property("longestRecord", value -> settings.longestRecord = Integer.parseInt(value));
            property("level", value -> setLevel(Level.parse(value)));
            return Observatory.start(settings.options());
        } catch (IllegalArgumentException | ObservatoryException e) {
            reportError("the observatory handler does not start: " + e.getMessage(), null, ErrorManager.OPEN_FAILURE);
            return null;
        }
    }

    private static void property(String name, Consumer<String> setter) {
        Optional.ofNullable(LogManager.getLogManager().getProperty(PREFIX + name))
                .map(String::strip)
                .ifPresent(setter);
    }

    @Override
    public void publish(LogRecord event) {
        var to = observatory;
        if (to != null && isLoggable(event) && !EventForwarder.isOwn(event.getLoggerName())) {
            Map<String, String> mdc = MDC.getCopyOfContextMap();
            EventForwarder.forward(to, record(event), mdc == null ? Map.of() : mdc);
        }
    }

    private dev.signalbox.observatory.LogRecord record(LogRecord event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("thread", event.getLongThreadID());
        Optional.ofNullable(event.getThrown())
                .ifPresent(thrown -> fields.put("exception", EventForwarder.stackTrace(thrown)));
        return new dev.signalbox.observatory.LogRecord(
                event.getInstant(),
                severity(event.getLevel()),
                messages.formatMessage(event),
                event.getLoggerName(),
                "",
                fields,
                null);
    }

    private static Severity severity(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return Severity.ERROR;
        }
        if (value >= Level.WARNING.intValue()) {
            return Severity.WARN;
        }
        if (value >= Level.INFO.intValue()) {
            return Severity.INFO;
        }
        return value >= Level.FINE.intValue() ? Severity.DEBUG : Severity.TRACE;
    }

    /** Does nothing: batches leave by themselves, and a caller must not wait for a destination. */
    @Override
    public void flush() {
        // See above.
    }

    /** Ships what is left, within 5 s, if the observatory is the handler's own. */
    @Override
    public void close() {
        observatory = null;
        if (owned != null) {
            owned.close(CLOSE_WITHIN);
        }
    }
}
