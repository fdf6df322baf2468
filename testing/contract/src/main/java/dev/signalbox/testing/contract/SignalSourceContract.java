package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.control.SignalSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every place for signals must do. Subclass it, and supply sources that share one place. */
@Timeout(120)
public abstract class SignalSourceContract {
    protected static final Duration LONG = Duration.ofSeconds(60);
    protected static final Signal WISH =
            Signal.of("alice", "new disk: sdb, ünïcode").until(Instant.parse("2100-01-01T00:00:00Z"));

    private final List<SignalSource> opened = new ArrayList<>();

    /** One more source on the place of this test, not started. */
    protected abstract SharedSignals open();

    /** What one listener was told, in order; and what it was told of losses. */
    protected static final class Heard implements SignalSource.Listener {
        public final List<Optional<Signal>> said = new CopyOnWriteArrayList<>();
        public final List<String> lost = new CopyOnWriteArrayList<>();

        @Override
        public void says(Optional<Signal> signal) {
            said.add(signal);
        }

        @Override
        public void lost(String reason) {
            lost.add(reason);
        }

        /** Waits until that is what it was told last. */
        public void hears(Optional<Signal> signal) {
            await().atMost(LONG).untilAsserted(() -> assertThat(said).endsWith(signal));
        }
    }

    protected final SharedSignals source() {
        SharedSignals source = open();
        opened.add(source);
        return source;
    }

    protected final Heard heard(SignalSource source) {
        Heard heard = new Heard();
        source.start(heard);
        return heard;
    }

    @AfterEach
    void closeSources() {
        opened.forEach(SignalSource::close);
    }

    @Test
    void whatIsPublishedIsHeardWithAllOfIt() {
        SharedSignals source = source();
        Heard heard = heard(source);
        source.publish(WISH);

        heard.hears(Optional.of(WISH));
    }

    @Test
    void whatIsWithdrawnIsHeard() {
        SharedSignals source = source();
        Heard heard = heard(source);
        source.publish(WISH);
        heard.hears(Optional.of(WISH));
        source.withdraw();
        source.withdraw();

        heard.hears(Optional.empty());
    }

    @Test
    void whatWasThereBeforeTheStartIsHeard() {
        source().publish(WISH);

        heard(source()).hears(Optional.of(WISH));
    }

    @Test
    void anEmptyPlaceIsOff() {
        heard(source()).hears(Optional.empty());
    }

    @Test
    void aLaterSignalReplacesTheOneBefore() {
        SharedSignals source = source();
        Heard heard = heard(source);
        source.publish(WISH);
        source.publish(Signal.of("bob", "upgrade"));

        heard.hears(Optional.of(Signal.of("bob", "upgrade")));
    }

    @Test
    void allThatWatchHearTheSame() {
        Heard first = heard(source());
        Heard second = heard(source());
        source().publish(WISH);

        first.hears(Optional.of(WISH));
        second.hears(Optional.of(WISH));
    }

    @Test
    void afterManyChangesTheLastOneHolds() {
        SharedSignals source = source();
        Heard heard = heard(source());
        for (int i = 0; i < 20; i++) {
            source.publish(Signal.of("alice", "change " + i));
            source.withdraw();
        }
        source.publish(WISH);

        heard.hears(Optional.of(WISH));
    }

    @Test
    void aClosedSourceTellsNothingMore() {
        SharedSignals closed = source();
        Heard before = heard(closed);
        before.hears(Optional.empty());
        closed.close();
        int told = before.said.size();
        Heard other = heard(source());
        source().publish(WISH);

        other.hears(Optional.of(WISH));
        assertThat(before.said).hasSize(told);
    }

    @Test
    void itTakesANodeIntoMaintenanceAndBack() throws InterruptedException {
        try (Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults())) {
            maintenance.add(source());
            SharedSignals operator = source();
            for (int window = 0; window < 3; window++) {
                operator.publish(WISH);
                assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
                assertThat(maintenance.status().signals().getFirst().signal()).isEqualTo(WISH);
                operator.withdraw();
                assertThat(maintenance.await(Admission.OPEN, LONG)).isTrue();
            }
        }
    }
}
