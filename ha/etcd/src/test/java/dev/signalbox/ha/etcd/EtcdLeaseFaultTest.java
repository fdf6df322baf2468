package dev.signalbox.ha.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.LeaseStoreUnavailableException;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.ha.lease.Role;
import dev.signalbox.testing.services.RealEtcd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases when etcd is killed and started again, and when its history is compacted. */
class EtcdLeaseFaultTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final LeaseOptions OPTIONS = LeaseOptions.DEFAULT
            .withTtl(Duration.ofSeconds(3))
            .withPoll(Duration.ofMillis(100))
            .withStandAside(Duration.ZERO);

    private final HttpClient client = HttpClient.newHttpClient();
    private final RealEtcd etcd = RealEtcd.start();
    private final LeaseStore store = EtcdLeases.open(client, List.of(etcd.url()), "/lease/");

    @AfterEach
    void end() {
        client.shutdownNow();
        etcd.close();
    }

    private static long epoch(Acquisition result) {
        assertThat(result).isInstanceOf(Acquisition.Granted.class);
        return ((Acquisition.Granted) result).epoch();
    }

    /** etcd then gives the old lease its whole time again, which its former holder must not take for its own. */
    @Test
    void aLeaderWhoseEtcdWasAwayForLongerThanTheLeaseBeginsANewTerm() {
        List<LossReason> ends = new CopyOnWriteArrayList<>();
        try (Election election = Leases.in(store, "one").elect("leader", OPTIONS, new Ends(ends))) {
            Awaitility.await().atMost(PATIENCE).until(() -> election.role() == Role.LEADER);
            Lease lease = election.lease().orElseThrow();
            etcd.kill();
            Awaitility.await("the end of the term").atMost(PATIENCE).until(() -> !ends.isEmpty());
            assertThat(lease.isHeld()).isFalse();

            etcd.startAgain();

            Awaitility.await("the next term").atMost(PATIENCE).until(() -> election.role() == Role.LEADER);
            assertThat(election.lease().orElseThrow().epoch()).isGreaterThan(lease.epoch());
            assertThat(lease.isHeld()).isFalse();
            assertThat(ends.getFirst()).isEqualTo(LossReason.EXPIRED);
        }
    }

    @Test
    void aLeaseSurvivesAShortRestart() {
        long epoch = epoch(store.acquire("a", "one", Duration.ofMinutes(5)));
        etcd.kill();
        assertThatThrownBy(() -> store.renew("a", "one", epoch, Duration.ofMinutes(5)))
                .isInstanceOf(LeaseStoreUnavailableException.class);
        etcd.startAgain();

        Awaitility.await("a renewal")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseStoreUnavailableException.class)
                .until(() -> store.renew("a", "one", epoch, Duration.ofMinutes(5)));
        assertThat(epoch(store.acquire("a", "one", Duration.ofMinutes(5)))).isGreaterThan(epoch);
    }

    @Test
    void aWatchHearsOfChangesAfterACompactionAndARestart() throws Exception {
        CountDownLatch[] heard = {new CountDownLatch(1)};
        try (var _ = store.watch("a", () -> heard[0].countDown())) {
            long epoch = epoch(store.acquire("a", "one", Duration.ofMinutes(5)));
            compact(epoch);
            etcd.kill();
            etcd.startAgain();
            heard[0] = new CountDownLatch(1);
            // The watch begins again within moments, so the lease changes until that is heard.
            for (int i = 0; i < 600 && heard[0].getCount() > 0; i++) {
                epoch(store.acquire("a", "one", Duration.ofMinutes(5)));
                if (heard[0].await(100, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
            assertThat(heard[0].getCount()).isZero();
        }
    }

    private void compact(long revision) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(etcd.url().resolve("/v3/kv/compaction"))
                .POST(BodyPublishers.ofString("{\"revision\":\"" + revision + "\",\"physical\":true}"))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void theNextEndpointIsAskedWhereOneIsAway() {
        LeaseStore two = EtcdLeases.open(client, List.of(RealEtcd.url(1), etcd.url()), "/lease/");

        long epoch = epoch(two.acquire("a", "one", Duration.ofMinutes(5)));

        assertThat(store.find("a"))
                .hasValueSatisfying(held -> assertThat(held.epoch()).isEqualTo(epoch));
    }

    /**
     * Reported: etcd-io/jetcd#1134, whose client asks without a pause while etcd is away. The election asks each 80 to 100 ms, its watch
     * each second, and Java's client may repeat a request once.
     */
    @Test
    void anEtcdThatIsAwayIsAskedAtItsTimesOnly() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (ServerSocket refusing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> hangUp(refusing, asked));
            LeaseStore away = EtcdLeases.open(client, List.of(RealEtcd.url(refusing.getLocalPort())), "/lease/");
            long begun = System.nanoTime();
            try (Election election = Leases.in(away, "one").elect("leader", OPTIONS, new Ends(new ArrayList<>()))) {
                Awaitility.await("several attempts").atMost(PATIENCE).until(() -> asked.get() > 20);
                assertThat(election.role()).isEqualTo(Role.STANDBY);
            }
            double seconds = (System.nanoTime() - begun) / 1_000_000_000.0;
            assertThat((double) asked.get()).isLessThanOrEqualTo(2 * (13 * (seconds + 1) + seconds + 1));
        }
    }

    private static void hangUp(ServerSocket socket, AtomicInteger asked) {
        while (!socket.isClosed()) {
            try {
                socket.accept().close();
                asked.incrementAndGet();
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private record Ends(List<LossReason> ends) implements ElectionListener {
        @Override
        public void elected(Lease lease) {}

        @Override
        public void lost(Lease lease, LossReason reason) {
            ends.add(reason);
        }
    }
}
