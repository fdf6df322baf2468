package dev.signalbox.observatory;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ships Logback's events, with MDC, thread, key-value pairs and stack trace as fields. With a URL it has an
 * {@link Observatory} of its own; or else one is set by code and stays its owner's. What the library itself and the JDK's
 * HTTP client log is not shipped, or there would be no end of it.
 *
 * <p>It holds no lock: threads log beside each other, and with {@link WhenFull#BLOCK} each waits for itself. It is fast
 * enough to need no {@code AsyncAppender} before it; behind one, an event still goes where the context it was logged in says.
 *
 * <p>In {@code logback.xml}:
 *
 * <pre>{@code
 * <appender name="OBSERVATORY" class="dev.signalbox.observatory.ObservatoryAppender">
 *   <url>https://logs.example.com</url>
 *   <token>${LOG_TOKEN}</token>
 *   <format>OTLP_PROTOBUF</format>
 *   <spoolFolder>/var/spool/app-logs</spoolFolder>
 * </appender>
 * }</pre>
 */
public final class ObservatoryAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final AppenderSettings settings = new AppenderSettings();
    private volatile @Nullable Observatory observatory;
    private boolean owned;

    /** Where to put events; for code that has one already. Set before {@link #start()}. */
    public void setObservatory(Observatory value) {
        observatory = value;
    }

    public void setUrl(String value) {
        settings.url = value;
    }

    public void setToken(String value) {
        settings.token = value.strip();
    }

    /** One more header, as {@code X-Api-Key: secret}. */
    public void addHeader(String value) {
        settings.header(value);
    }

    public void setFormat(String value) {
        settings.format = AppenderSettings.constant(WireFormat.class, value);
    }

    public void setSpoolFolder(String value) {
        settings.spoolFolder = value;
    }

    public void setDeadLetterFolder(String value) {
        settings.deadLetterFolder = value;
    }

    /** {@code service.name} of OTLP's resource. */
    public void setService(String value) {
        settings.service = value;
    }

    public void setWhenFull(String value) {
        settings.whenFull = AppenderSettings.constant(WhenFull.class, value);
    }

    /** See {@link ObservatoryOptions#longestRecord()}. */
    public void setLongestRecord(int value) {
        settings.longestRecord = value;
    }

    /** How long a stop may take, in milliseconds. */
    public void setCloseMillis(long value) {
        settings.closeWithin = Duration.ofMillis(value);
    }

    /** One more URL that a context may name; see {@link AllowList}. */
    public void addAllowed(String value) {
        settings.allowed.add(value);
    }

    @Override
    public void start() {
        if (observatory == null) {
            try {
                observatory = Observatory.start(settings.options());
                owned = true;
            } catch (IllegalArgumentException | ObservatoryException e) {
                addError("the observatory appender does not start: " + e.getMessage(), e);
                return;
            }
        }
        super.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        var to = observatory;
        if (to != null && !EventForwarder.isOwn(event.getLoggerName())) {
            var mdc = event.getMDCPropertyMap();
            EventForwarder.forward(to, record(event), mdc == null ? Map.of() : mdc);
        }
    }

    private static LogRecord record(ILoggingEvent event) {
        return new LogRecord(
                event.getInstant(),
                severity(event.getLevel()),
                event.getFormattedMessage(),
                event.getLoggerName(),
                "",
                fields(event),
                null);
    }

    private static Map<String, Object> fields(ILoggingEvent event) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("thread", event.getThreadName());
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> fields.put(pair.key, pair.value));
        }
        Optional.ofNullable(event.getThrowableProxy())
                .ifPresent(thrown -> fields.put("exception", ThrowableProxyUtil.asString(thrown)));
        return fields;
    }

    private static Severity severity(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> Severity.ERROR;
            case Level.WARN_INT -> Severity.WARN;
            case Level.INFO_INT -> Severity.INFO;
            case Level.DEBUG_INT -> Severity.DEBUG;
            default -> Severity.TRACE;
        };
    }

    @Override
    public void stop() {
        super.stop();
        var mine = observatory;
        if (owned && mine != null) {
            mine.close(settings.closeWithin);
            observatory = null;
            owned = false;
        }
    }
}
