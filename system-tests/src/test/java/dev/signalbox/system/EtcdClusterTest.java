package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.ha.etcd.EtcdLeases;
import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.LeaseStoreUnavailableException;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.control.SignalSource;
import dev.signalbox.maintenance.control.SignalSourceException;
import dev.signalbox.maintenance.etcd.EtcdOptions;
import dev.signalbox.maintenance.etcd.EtcdSignals;
import dev.signalbox.testing.services.RealEtcdCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leases and maintenance signals in an etcd of three members that loses its leader, and then its majority. */
@Timeout(300)
class EtcdClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Signal DISK = Signal.of("alice", "disk");
    private static final Signal UPGRADE = Signal.of("bob", "upgrade");

    private final HttpClient http = HttpClient.newHttpClient();
    private final RealEtcdCluster etcd = RealEtcdCluster.start();
    private final LeaseStore leases = EtcdLeases.open(http, etcd.endpoints(), "/lease/");
    private final EtcdSignals signals = EtcdSignals.watching(
            "etcd",
            http,
            EtcdOptions.of("/maintenance/my-service", etcd.endpoints().toArray(URI[]::new))
                    .withTimeout(Duration.ofSeconds(3)));
    private final List<Optional<Signal>> said = new CopyOnWriteArrayList<>();
    private final AtomicLong hints = new AtomicLong();

    @AfterEach
    void close() {
        signals.close();
        leases.close();
        http.shutdownNow();
        etcd.close();
    }

    @Test
    void leasesAndSignalsOutliveTheLossOfTheLeaderAndOfTheMajority() {
        signals.start(new Saying());
        publish(DISK);
        says(Optional.of(DISK));
        try (var _ = leases.watch("work", hints::incrementAndGet)) {
            long first = acquire();

            int gone = etcd.killLeader();

            goesOnAfter(first);
            changesAreHinted();
            publish(UPGRADE);
            says(Optional.of(UPGRADE));
            long second = held();

            etcd.kill((gone + 1) % 3); // One of three is left, and may decide nothing.

            assertThatThrownBy(() -> leases.renew("work", "one", second, LONG))
                    .isInstanceOf(LeaseStoreUnavailableException.class);
            assertThatThrownBy(signals::withdraw).isInstanceOf(SignalSourceException.class);
            assertThat(said).as("an outage says nothing").endsWith(Optional.of(UPGRADE));

            etcd.startAgain();

            goesOnAfter(second);
            changesAreHinted();
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(SignalSourceException.class)
                    .until(() -> {
                        signals.withdraw();
                        return true;
                    });
            says(Optional.empty());
        }
    }

    private void publish(Signal signal) {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(SignalSourceException.class)
                .until(() -> {
                    signals.publish(signal);
                    return true;
                });
    }

    private void says(Optional<Signal> wanted) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(said).endsWith(wanted));
    }

    private long acquire() {
        Acquisition result = leases.acquire("work", "one", LONG);
        assertThat(result).isInstanceOf(Acquisition.Granted.class);
        return ((Acquisition.Granted) result).epoch();
    }

    private long held() {
        return leases.find("work").orElseThrow().epoch();
    }

    /** The lease is still there to be renewed, and the next term of it is a later one. */
    private void goesOnAfter(long epoch) {
        await("a renewal")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseStoreUnavailableException.class)
                .until(() -> held() >= epoch && leases.renew("work", "one", held(), LONG));
        await("the next term")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseStoreUnavailableException.class)
                .until(() -> acquire() > epoch);
    }

    /** The watch begins again within moments, so the lease changes until that is heard. */
    private void changesAreHinted() {
        long before = hints.get();
        await("a hint")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseStoreUnavailableException.class)
                .until(() -> acquire() > 0 && hints.get() > before);
    }

    private final class Saying implements SignalSource.Listener {
        @Override
        public void says(Optional<Signal> signal) {
            said.add(signal);
        }

        @Override
        public void lost(String reason) {
            // Stale is what an outage makes of a source; what it said last stays.
        }
    }
}
