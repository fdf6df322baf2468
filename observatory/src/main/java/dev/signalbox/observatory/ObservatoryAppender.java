package dev.signalbox.observatory;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ships Logback's events, with MDC, thread, key-value pairs and stack trace as fields. With a URL it has an
 * {@link Observatory} of its own; or else one is set by code and stays its owner's. What the library itself and the JDK's
 * HTTP client log is not shipped, or there would be no end of it.
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
public final class ObservatoryAppender extends AppenderBase<ILoggingEvent> {
    private static final List<String> OURS =
            List.of("dev.signalbox.observatory.", "jdk.httpclient.", "jdk.internal.httpclient.", "java.net.http.");

    private @Nullable Observatory observatory;
    private boolean owned;
    private String url = "";
    private String token = "";
    private WireFormat format = WireFormat.EVERWORKER;
    private String spoolFolder = "";
    private String deadLetterFolder = "";
    private String service = "";
    private WhenFull whenFull = WhenFull.DROP_OLDEST;
    private Duration closeWithin = Duration.ofSeconds(5);
    private final List<String> allowed = new ArrayList<>();

    /** Where to put events; for code that has one already. Set before {@link #start()}. */
    public void setObservatory(Observatory value) {
        observatory = value;
    }

    public void setUrl(String value) {
        url = value;
    }

    public void setToken(String value) {
        token = value;
    }

    public void setFormat(String value) {
        format = WireFormat.valueOf(value.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    public void setSpoolFolder(String value) {
        spoolFolder = value;
    }

    public void setDeadLetterFolder(String value) {
        deadLetterFolder = value;
    }

    /** {@code service.name} of OTLP's resource. */
    public void setService(String value) {
        service = value;
    }

    public void setWhenFull(String value) {
        whenFull = WhenFull.valueOf(value.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** How long a stop may take, in milliseconds. */
    public void setCloseMillis(long value) {
        closeWithin = Duration.ofMillis(value);
    }

    /** One more URL that a context may name; see {@link AllowList}. */
    public void addAllowed(String value) {
        allowed.add(value);
    }

    @Override
    public void start() {
        if (observatory == null) {
            try {
                observatory = Observatory.start(options());
                owned = true;
            } catch (IllegalArgumentException | ObservatoryException e) {
                addError("the observatory appender does not start: " + e.getMessage(), e);
                return;
            }
        }
        super.start();
    }

    private ObservatoryOptions options() {
        if (url.isEmpty()) {
            throw new IllegalArgumentException("url is missing");
        }
        var options = ObservatoryOptions.to(Destination.of(URI.create(url), token, format))
                .withAllowed(AllowList.of(allowed))
                .withMemory(ObservatoryOptions.Memory.DEFAULT.with(whenFull));
        if (!service.isEmpty()) {
            options = options.withResource(Map.of("service.name", service));
        }
        if (!spoolFolder.isEmpty()) {
            options = options.withSpool(ObservatoryOptions.Spooling.in(Path.of(spoolFolder)));
        }
        return deadLetterFolder.isEmpty()
                ? options
                : options.withDeadLetters(ObservatoryOptions.DeadLetters.in(Path.of(deadLetterFolder)));
    }

    @Override
    protected void append(ILoggingEvent event) {
        var to = observatory;
        if (to != null
                && !Own.thread()
                && OURS.stream().noneMatch(event.getLoggerName().concat(".")::startsWith)) {
            to.log(record(event));
        }
    }

    private static LogRecord record(ILoggingEvent event) {
        return new LogRecord(
                event.getInstant(),
                severity(event.getLevel()),
                event.getFormattedMessage() == null ? "" : event.getFormattedMessage(),
                event.getLoggerName(),
                "",
                fields(event),
                trace(event.getMDCPropertyMap()).orElse(null));
    }

    private static Map<String, String> fields(ILoggingEvent event) {
        var fields = new LinkedHashMap<String, String>(event.getMDCPropertyMap());
        fields.put("thread", event.getThreadName());
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
        }
        Optional.ofNullable(event.getThrowableProxy())
                .ifPresent(thrown -> fields.put("exception", ThrowableProxyUtil.asString(thrown)));
        fields.values().removeIf(value -> value == null);
        return fields;
    }

    /** Of the MDC, for code that carries a context across threads by that only. */
    private static Optional<Trace> trace(Map<String, String> mdc) {
        String trace = mdc.get("trace_id");
        String span = mdc.get("span_id");
        return trace == null || span == null ? Optional.empty() : Trace.parse("00-" + trace + "-" + span + "-01");
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
            mine.close(closeWithin);
            observatory = null;
            owned = false;
        }
    }
}
