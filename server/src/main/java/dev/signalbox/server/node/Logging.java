package dev.signalbox.server.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.signalbox.observatory.Observatory;
import dev.signalbox.observatory.ObservatoryAppender;
import dev.signalbox.server.config.ServerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The log of the process: lines or JSON objects on standard error, since standard output is for results. */
public final class Logging {
    private static final String LINE = "%d{HH:mm:ss.SSS} %-5level %logger{0} - %msg%n%ex{short}";

    private Logging() {}

    /** Replaces whatever logging there was, that of {@code java.util.logging} (the drivers) included. */
    public static void configure(ServerConfig.LogFormat format, ServerConfig.LogLevel level) {
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

    /** Ships what is logged, besides writing it, until the result is closed. */
    public static Shipping ship(Observatory observatory) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var appender = new ObservatoryAppender();
        appender.setContext(context);
        appender.setObservatory(observatory);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        return () -> {
            context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(appender);
            appender.stop();
        };
    }

    /** Ends with its close; the observatory stays its owner's. */
    @FunctionalInterface
    public interface Shipping extends AutoCloseable {
        @Override
        void close();
    }

    /** Libraries tell the operator nothing at INFO that this program does not say itself. */
    private static void quieten(LoggerContext context, ServerConfig.LogLevel level) {
        if (level == ServerConfig.LogLevel.INFO) {
            for (String library : new String[] {"org.eclipse.jetty", "io.netty", "com.zaxxer.hikari", "org.flywaydb"}) {
                context.getLogger(library).setLevel(Level.WARN);
            }
        }
    }

    private static Encoder<ILoggingEvent> encoder(ServerConfig.LogFormat format, LoggerContext context) {
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
