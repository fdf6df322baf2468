package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.LeaseState;
import dev.signalbox.ha.lease.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link LeaseStore} must do. Its time is real, so no test says how long something took, only what came of it. */
public abstract class LeaseStoreContract {
    /** Does not run out while a test runs. */
    protected static final Duration LONG = Duration.ofMinutes(5);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<LeaseStore> open = new ArrayList<>();

    /** Opens the store as one more node would. The first time in a test it has no lease; afterwards it has those of before. */
    protected abstract LeaseStore connect() throws Exception;

    /** The shortest time to live that the store can count. */
    protected Duration brief() {
        return Duration.ofMillis(200);
    }

    /** A time to live that frequent renewals keep up on a busy machine. */
    protected Duration steady() {
        return Duration.ofSeconds(1);
    }

    /** Whether it calls those who watch. */
    protected boolean hints() {
        return false;
    }

    @AfterEach
    void closeStores() {
        open.forEach(LeaseStore::close);
    }

    protected final LeaseStore store() throws Exception {
        LeaseStore store = connect();
        open.add(store);
        return store;
    }

    protected static long granted(Acquisition result) {
        assertThat(result).isInstanceOf(Acquisition.Granted.class);
        return ((Acquisition.Granted) result).epoch();
    }

    private static LeaseState refused(Acquisition result) {
        assertThat(result).isInstanceOf(Acquisition.Refused.class);
        return ((Acquisition.Refused) result).holder();
    }

    private static void awaitExpiry(LeaseStore store, String name) {
        Awaitility.await("the lease to run out")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> store.find(name).isEmpty());
    }

    @Test
    void aFreeLeaseIsGrantedAndFound() throws Exception {
        LeaseStore store = store();
        assertThat(store.find("a")).isEmpty();

        long epoch = granted(store.acquire("a", "one", LONG));

        assertThat(epoch).isPositive();
        assertThat(store.find("a")).hasValueSatisfying(held -> {
            assertThat(held.name()).isEqualTo("a");
            assertThat(held.owner()).isEqualTo("one");
            assertThat(held.epoch()).isEqualTo(epoch);
            assertThat(held.remaining()).isBetween(LONG.dividedBy(2), LONG.plusSeconds(1));
        });
    }

    @Test
    void aHeldLeaseIsRefusedAndTheHolderNamed() throws Exception {
        long epoch = granted(store().acquire("a", "one", LONG));

        LeaseState holder = refused(store().acquire("a", "two", LONG));

        assertThat(holder.owner()).isEqualTo("one");
        assertThat(holder.epoch()).isEqualTo(epoch);
        assertThat(holder.remaining()).isPositive();
    }

    @Test
    void anAttemptThatIsRefusedChangesNothing() throws Exception {
        LeaseStore store = store();
        long epoch = granted(store.acquire("a", "one", LONG));

        refused(store.acquire("a", "two", brief()));

        assertThat(store.renew("a", "one", epoch, LONG)).isTrue();
        assertThat(store.find("a"))
                .hasValueSatisfying(held -> assertThat(held.remaining()).isGreaterThan(LONG.dividedBy(2)));
    }

    @Test
    void theEpochGrowsAfterARelease() throws Exception {
        LeaseStore store = store();
        long first = granted(store.acquire("a", "one", LONG));
        assertThat(store.release("a", "one", first)).isTrue();
        assertThat(store.find("a")).isEmpty();

        assertThat(granted(store.acquire("a", "two", LONG))).isGreaterThan(first);
    }

    @Test
    void theEpochGrowsAfterTheLeaseRanOut() throws Exception {
        LeaseStore store = store();
        long first = granted(store.acquire("a", "one", brief()));
        awaitExpiry(store, "a");

        assertThat(granted(store.acquire("a", "two", LONG))).isGreaterThan(first);
    }

    @Test
    void theEpochGrowsWhenTheStoreIsOpenedAgain() throws Exception {
        LeaseStore before = store();
        long first = granted(before.acquire("a", "one", LONG));
        before.release("a", "one", first);
        LeaseStore after = store();

        assertThat(granted(after.acquire("a", "one", LONG))).isGreaterThan(first);
    }

    @Test
    void anOwnerThatAsksAgainGetsANewEpochAndTheOldOneIsDead() throws Exception {
        LeaseStore store = store();
        long first = granted(store.acquire("a", "one", LONG));

        long second = granted(store.acquire("a", "one", LONG));

        assertThat(second).isGreaterThan(first);
        assertThat(store.renew("a", "one", first, LONG)).isFalse();
        assertThat(store.release("a", "one", first)).isFalse();
        assertThat(store.renew("a", "one", second, LONG)).isTrue();
    }

    @Test
    void aRenewalGivesTheTimeAnew() throws Exception {
        LeaseStore store = store();
        long epoch = granted(store.acquire("a", "one", Duration.ofSeconds(30)));

        assertThat(store.renew("a", "one", epoch, Duration.ofSeconds(30))).isTrue();

        assertThat(store.find("a"))
                .hasValueSatisfying(
                        held -> assertThat(held.remaining()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(31)));
    }

    @Test
    void renewalsKeepALeaseThatWouldHaveRunOut() throws Exception {
        LeaseStore store = store();
        Duration ttl = steady();
        long epoch = granted(store.acquire("a", "one", ttl));
        long end = System.nanoTime() + ttl.multipliedBy(2).toNanos();

        Awaitility.await("twice its time")
                .atMost(PATIENCE)
                .pollInterval(ttl.dividedBy(20))
                .until(() -> store.renew("a", "one", epoch, ttl) && System.nanoTime() > end);

        assertThat(store.find("a"))
                .hasValueSatisfying(held -> assertThat(held.epoch()).isEqualTo(epoch));
    }

    @Test
    void onlyTheHolderRenews() throws Exception {
        LeaseStore store = store();
        long epoch = granted(store.acquire("a", "one", LONG));

        assertThat(store.renew("a", "two", epoch, LONG)).isFalse();
        assertThat(store.renew("a", "one", epoch + 1, LONG)).isFalse();
        assertThat(store.renew("b", "one", epoch, LONG)).isFalse();
        assertThat(store.find("b")).isEmpty();
    }

    @Test
    void onlyTheHolderReleases() throws Exception {
        LeaseStore store = store();
        long epoch = granted(store.acquire("a", "one", LONG));

        assertThat(store.release("a", "two", epoch)).isFalse();
        assertThat(store.release("a", "one", epoch + 1)).isFalse();
        assertThat(store.release("b", "one", epoch)).isFalse();
        assertThat(store.find("a")).isPresent();
    }

    @Test
    void aLeaseThatRanOutIsNeitherRenewedNorReleased() throws Exception {
        LeaseStore store = store();
        long epoch = granted(store.acquire("a", "one", brief()));
        awaitExpiry(store, "a");

        assertThat(store.renew("a", "one", epoch, LONG)).isFalse();
        assertThat(store.release("a", "one", epoch)).isFalse();
        assertThat(store.find("a")).isEmpty();
    }

    @Test
    void aReleasedLeaseIsNotRenewed() throws Exception {
        LeaseStore store = store();
        long epoch = granted(store.acquire("a", "one", LONG));
        store.release("a", "one", epoch);

        assertThat(store.renew("a", "one", epoch, LONG)).isFalse();
        assertThat(store.release("a", "one", epoch)).isFalse();
    }

    @Test
    void namesAreApart() throws Exception {
        LeaseStore store = store();
        granted(store.acquire("a", "one", LONG));

        granted(store.acquire("b", "two", LONG));
        granted(store.acquire("A", "three", LONG));

        assertThat(store.find("a").map(LeaseState::owner)).contains("one");
        assertThat(store.find("b").map(LeaseState::owner)).contains("two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b:c;d%e", "'\"\\--", "{tag}*?[]", "$1", "~!"})
    void visibleCharactersAreAllAllowed(String name) throws Exception {
        LeaseStore store = store();
        long epoch = granted(store.acquire(name, name, LONG));

        assertThat(store.find(name).map(LeaseState::owner)).contains(name);
        assertThat(store.release(name, name, epoch)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "ä", "a\n"})
    void otherNamesAreRefused(String name) throws Exception {
        LeaseStore store = store();

        assertThatIllegalArgumentException().isThrownBy(() -> store.acquire(name, "one", LONG));
        assertThatIllegalArgumentException().isThrownBy(() -> store.acquire("a", name, LONG));
    }

    @Test
    void namesMayHave200Characters() throws Exception {
        LeaseStore store = store();
        granted(store.acquire("n".repeat(200), "o".repeat(200), LONG));

        assertThatIllegalArgumentException().isThrownBy(() -> store.acquire("n".repeat(201), "o", LONG));
    }

    /** Four owners on two connections race for each of ten leases. */
    @Test
    void ofManyThatAskAtOnceOneIsGranted() throws Exception {
        List<LeaseStore> stores = List.of(store(), store());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 10; round++) {
                String name = "race-" + round;
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Acquisition>> results = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    LeaseStore store = stores.get(i % 2);
                    String owner = "owner-" + i;
                    Callable<Acquisition> attempt = () -> {
                        start.await();
                        return store.acquire(name, owner, LONG);
                    };
                    results.add(threads.submit(attempt));
                }
                start.countDown();
                int granted = 0;
                for (Future<Acquisition> result : results) {
                    granted += result.get() instanceof Acquisition.Granted ? 1 : 0;
                }
                assertThat(granted).as(name).isEqualTo(1);
            }
        }
    }

    @Test
    void aReleaseIsToldToThoseWhoWatch() throws Exception {
        LeaseStore store = store();
        long epoch = granted(store.acquire("a", "one", LONG));
        CountDownLatch told = new CountDownLatch(1);
        try (LeaseStore.Watch watch = store().watch("a", told::countDown)) {
            assertThat(watch).isNotNull();
            // A watch may take a moment to begin, so the lease changes until it is told.
            for (int i = 0; hints() && told.getCount() > 0 && i < 600; i++) {
                store.release("a", "one", epoch);
                epoch = granted(store.acquire("a", "one", LONG));
                if (told.await(50, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        }
        assertThat(told.getCount()).isEqualTo(hints() ? 0 : 1);
    }
}
