package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A maintenance on a clock that the test sets, with participants that note what they are told. */
@Timeout(120)
abstract class MaintenanceFixture {
    static final Duration LONG = Duration.ofSeconds(60);
    static final Signal WISH = Signal.of("alice", "disk");

    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T10:00:00Z"));
    final List<String> log = new CopyOnWriteArrayList<>();
    Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults(), now::get);

    @AfterEach
    void close() {
        maintenance.close();
    }

    void reopen(MaintenanceOptions options) {
        maintenance.close();
        maintenance = Maintenance.start(options, now::get);
    }

    ScriptedDrainable add(String name, Phase phase) {
        var drainable = new ScriptedDrainable(name, phase, log);
        maintenance.add(drainable);
        return drainable;
    }

    void becomes(Admission admission) throws InterruptedException {
        assertThat(maintenance.await(admission, LONG))
                .as("becomes " + admission)
                .isTrue();
    }

    DrainableStats stats(String participant) {
        return Objects.requireNonNull(maintenance.stats().get(participant), participant);
    }
}
