package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What clients cause again and again does not fill the log. */
class FailureLogTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Logger logger = (Logger) LoggerFactory.getLogger(FailureLogTest.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final FailureLog log = new FailureLog(logger, now::get);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.ERROR);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    @Test
    void aFailureThatRepeatsIsLoggedOnceAMinuteWithItsNumber() {
        for (int i = 0; i < 1_000; i++) {
            log.error("no keys", new IllegalStateException());
        }
        now.addAndGet(TimeUnit.SECONDS.toNanos(61));
        log.error("no keys", new IllegalStateException());

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("no keys", "no keys; 999 times more since this was logged last");
        assertThat(lines.list)
                .allSatisfy(line -> assertThat(line.getThrowableProxy()).isNotNull());
    }
}
