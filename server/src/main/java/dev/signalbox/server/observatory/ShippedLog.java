package dev.signalbox.server.observatory;

import ch.qos.logback.classic.LoggerContext;
import dev.signalbox.observatory.ContextHeaders;
import dev.signalbox.observatory.ExecutionContext;
import dev.signalbox.observatory.Observatory;
import dev.signalbox.observatory.ObservatoryAppender;
import dev.signalbox.observatory.ObservatoryException;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.server.observatory.ObservatorySettings.LogShipping;
import dev.signalbox.server.rest.RequestFilter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's log on its way to a destination, as configured, and the contexts in which requests and messages are
 * handled. Opened first and closed last, so that what the others log while they start and stop is shipped as well.
 */
final class ShippedLog implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(3);

    private final Observatory observatory;
    private final ObservatoryMetrics metrics;
    private final ObservatoryAppender appender = new ObservatoryAppender();
    private final ContextHeaders headers;

    private ShippedLog(Observatory observatory, ObservatoryMetrics metrics, ContextHeaders headers) {
        this.observatory = observatory;
        this.metrics = metrics;
        this.headers = headers;
        var logback = logback();
        appender.setContext(logback);
        appender.setObservatory(observatory);
        appender.start();
        logback.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    private static LoggerContext logback() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    /** Starts shipping; throws a {@link StartupException} if a folder is in use or cannot be written. */
    static ShippedLog open(LogShipping config, MeterRegistry registry) {
        var metrics = new ObservatoryMetrics(registry, InstantSource.system());
        var headers = new ContextHeaders(config.options().allowed(), config.contextFormat(), metrics::refused);
        try {
            var observatory = Observatory.start(config.options(), metrics);
            metrics.watch(observatory);
            return new ShippedLog(observatory, metrics, headers);
        } catch (ObservatoryException e) {
            throw new StartupException("the log cannot be shipped: " + FailureText.of(e), e);
        }
    }

    /** For the control plane's requests. */
    RequestFilter filter() {
        return (request, response, next) -> {
            var context = headers.read(name -> request.header(name).orElse(null));
            if (context.isEmpty()) {
                next.handle(request, response);
            } else {
                within(context, () -> next.handle(request, response));
            }
        };
    }

    private interface Handling {
        void run() throws IOException;
    }

    private static void within(ExecutionContext context, Handling handling) throws IOException {
        try {
            context.run(() -> {
                try {
                    handling.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** For clients' messages. */
    LogContexts contexts() {
        return new LogContexts(headers);
    }

    /** DEGRADED while a destination refuses the credentials, and for a minute after records were lost. */
    Health.Report health() {
        int unauthorized = observatory.stats().unauthorized();
        return unauthorized == 0
                ? metrics.health()
                : Health.Report.degraded(unauthorized + " of the log's destinations refuse the credentials; records are"
                        + " kept until they are accepted. Check " + ObservatoryKeys.TOKEN.path() + " and "
                        + ObservatoryKeys.HEADERS.path());
    }

    /** For those who ask how it goes, and pause it. */
    Observatory observatory() {
        return observatory;
    }

    @Override
    public void close() {
        logback().getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(appender);
        appender.stop();
        observatory.close(CLOSE);
    }
}
