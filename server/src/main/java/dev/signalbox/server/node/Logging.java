package dev.signalbox.server.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The log of the process: lines or JSON objects on standard error, since standard output is for results. */
public final class Logging {
    /**
     * One line a message, whatever is in it, so that nobody's text begins a line of its own or steers a terminal: control characters
     * are shown as question marks, and all lines of a failure are indented.
     */
    static final String LINE =
            "%d{HH:mm:ss.SSS} %-5level %logger{0} - %replace(%msg){'[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]', '?'}%n"
                    + "%replace(%replace(%ex{short}){'[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]', '?'}){'(?m)^(?=.)', '    '}";

    private Logging() {}

    /** Replaces whatever logging there was, that of {@code java.util.logging} (the drivers) included. */
    public static void configure(LogFormat format, LogLevel level) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder(format, context));
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(Level.toLevel(level.name()));
        quieten(context, level);
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** Libraries tell the operator nothing at INFO that this program does not say itself. */
    private static void quieten(LoggerContext context, LogLevel level) {
        if (level == LogLevel.INFO) {
            for (String library : new String[] {"org.eclipse.jetty", "io.netty", "com.zaxxer.hikari", "org.flywaydb"}) {
                context.getLogger(library).setLevel(Level.WARN);
            }
        }
    }

    private static Encoder<ILoggingEvent> encoder(LogFormat format, LoggerContext context) {
        var encoder = switch (format) {
            case JSON -> new JsonEncoder();
            case PLAIN -> pattern();
        };
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> pattern() {
        var encoder = new PatternLayoutEncoder();
        encoder.setPattern(LINE);
        return encoder;
    }
}
