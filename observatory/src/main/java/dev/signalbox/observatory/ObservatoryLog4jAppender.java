package dev.signalbox.observatory;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Core;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderFactory;
import org.apache.logging.log4j.core.config.plugins.PluginElement;
import org.apache.logging.log4j.message.MapMessage;
import org.jspecify.annotations.Nullable;

/**
 * Ships Log4j's events, with the thread context's map, thread and stack trace as fields, and a message's map if it has one. It
 * holds no lock. Behind an asynchronous appender or logger an event goes where the context it was logged in says, if SLF4J's
 * MDC is Log4j's (log4j-slf4j2-impl).
 *
 * <p>In {@code log4j2.xml}:
 *
 * <pre>{@code
 * <Configuration packages="dev.signalbox.observatory">
 *   <Appenders>
 *     <Observatory name="OBSERVATORY" url="https://logs.example.com" token="${env:LOG_TOKEN}" format="OTLP_PROTOBUF"/>
 *   </Appenders>
 * }</pre>
 */
@Plugin(name = "Observatory", category = Core.CATEGORY_NAME, elementType = Appender.ELEMENT_TYPE)
public final class ObservatoryLog4jAppender extends AbstractAppender {
    private final Observatory observatory;
    private final Duration closeWithin;

    private ObservatoryLog4jAppender(
            String name, @Nullable Filter filter, Observatory observatory, Duration closeWithin) {
        super(name, filter, null, true, Property.EMPTY_ARRAY);
        this.observatory = observatory;
        this.closeWithin = closeWithin;
    }

    @PluginBuilderFactory
    public static Builder newBuilder() {
        return new Builder();
    }

    /** What the configuration's attributes set; each is named as its field. */
    public static final class Builder implements org.apache.logging.log4j.core.util.Builder<ObservatoryLog4jAppender> {
        @PluginBuilderAttribute
        private String name = "OBSERVATORY";

        @PluginBuilderAttribute
        private String url = "";

        @PluginBuilderAttribute(sensitive = true)
        private String token = "";

        @PluginBuilderAttribute(sensitive = true)
        private String header = "";

        @PluginBuilderAttribute
        private String format = WireFormat.EVERWORKER.name();

        @PluginBuilderAttribute
        private String service = "";

        @PluginBuilderAttribute
        private String spoolFolder = "";

        @PluginBuilderAttribute
        private String deadLetterFolder = "";

        @PluginBuilderAttribute
        private String whenFull = WhenFull.DROP_OLDEST.name();

        @PluginBuilderAttribute
        private String allowed = "";

        @PluginBuilderAttribute
        private int longestRecord;

        @PluginBuilderAttribute
        private long closeMillis = 5_000;

        @PluginElement("Filter")
        private @Nullable Filter filter;

        private Builder() {}

        /** Null, after a line in Log4j's status log, if the attributes do not fit or a folder is in use. */
        @Override
        public @Nullable ObservatoryLog4jAppender build() {
            try {
                var observatory = Observatory.start(settings().options());
                return new ObservatoryLog4jAppender(name, filter, observatory, Duration.ofMillis(closeMillis));
            } catch (IllegalArgumentException | ObservatoryException e) {
                LOGGER.error("The observatory appender {} does not start: {}", name, e.getMessage());
                return null;
            }
        }

        private AppenderSettings settings() {
            var settings = new AppenderSettings();
            settings.url = url;
            settings.token = token.strip();
            settings.format = AppenderSettings.constant(WireFormat.class, format);
            settings.service = service;
            settings.spoolFolder = spoolFolder;
            settings.deadLetterFolder = deadLetterFolder;
            settings.whenFull = AppenderSettings.constant(WhenFull.class, whenFull);
            settings.longestRecord = longestRecord;
            Pattern.compile(",")
                    .splitAsStream(allowed)
                    .filter(url -> !url.isBlank())
                    .forEach(settings.allowed::add);
            if (!header.isEmpty()) {
                settings.header(header);
            }
            return settings;
        }
    }

    @Override
    public void append(LogEvent event) {
        if (!EventForwarder.isOwn(event.getLoggerName())) {
            EventForwarder.forward(
                    observatory, record(event), event.getContextData().toMap());
        }
    }

    private static LogRecord record(LogEvent event) {
        var time = event.getInstant();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("thread", event.getThreadName());
        if (event.getMessage() instanceof MapMessage<?, ?> message) {
            fields.putAll(message.getData());
        }
        Optional.ofNullable(event.getThrown())
                .ifPresent(thrown -> fields.put("exception", EventForwarder.stackTrace(thrown)));
        return new LogRecord(
                Instant.ofEpochSecond(time.getEpochSecond(), time.getNanoOfSecond()),
                severity(event.getLevel()),
                event.getMessage().getFormattedMessage(),
                event.getLoggerName(),
                "",
                fields,
                null);
    }

    private static Severity severity(Level level) {
        if (level.isMoreSpecificThan(Level.ERROR)) {
            return Severity.ERROR;
        }
        if (level.isMoreSpecificThan(Level.WARN)) {
            return Severity.WARN;
        }
        if (level.isMoreSpecificThan(Level.INFO)) {
            return Severity.INFO;
        }
        return level.isMoreSpecificThan(Level.DEBUG) ? Severity.DEBUG : Severity.TRACE;
    }

    @Override
    public boolean stop(long timeout, TimeUnit unit) {
        setStopping();
        super.stop(timeout, unit, false);
        observatory.close(closeWithin);
        setStopped();
        return true;
    }
}
