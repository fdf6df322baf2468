package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A change of health is logged once, with its reason, and so is the recovery. */
class HealthBoardTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(HealthBoard.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final AtomicReference<Health.Report> report = new AtomicReference<>(Health.Report.WELL);
    private final HealthBoard board = new HealthBoard(now::get);

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO); // other tests of this process may have set the root's
        logger.addAppender(log);
        board.add("database", report::get);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void aFullDiskIsToldOnceAndItsEndOnce() {
        look(Health.Report.WELL);
        look(Health.Report.down("no space left on device"));
        look(Health.Report.down("no space left on device"));
        look(Health.Report.WELL);
        look(Health.Report.WELL);
        assertThat(told())
                .containsExactly("ERROR database is DOWN: no space left on device", "INFO database is UP again");
    }

    @Test
    void aComponentThatIsNotWellFromTheStartIsTold() {
        look(Health.Report.degraded("slow"));
        assertThat(told()).containsExactly("WARN database is DEGRADED: slow");
    }

    @Test
    void changesAreToldWhileNobodyAsks() throws Exception {
        report.set(Health.Report.down("gone"));
        try (var _ = board.watch()) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(told()).containsExactly("ERROR database is DOWN: gone"));
        }
    }

    private void look(Health.Report found) {
        report.set(found);
        now.updateAndGet(it -> it.plusSeconds(2));
        assertThat(board.reports()).containsEntry("database", found);
    }

    private List<String> told() {
        synchronized (log) {
            return log.list.stream()
                    .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                    .toList();
        }
    }
}
