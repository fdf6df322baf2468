package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which grants and renewals count. */
class KeeperTest {
    private static final LeaseOptions OPTIONS = LeaseOptions.DEFAULT.withTtl(Duration.ofSeconds(10));

    private final TestClocks time = new TestClocks();
    private final ScriptedStore store = new ScriptedStore();
    private final Keeper keeper = new Keeper(store, "a", "one", OPTIONS, time.clocks());

    @Test
    void theDeadlineCountsFromBeforeTheRequestAndHasAMargin() {
        store.duringCall(() -> time.advance(Duration.ofSeconds(4)));

        Tenure tenure = keeper.acquire().tenure().orElseThrow();

        assertThat(tenure.remaining()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aGrantThatComesTooLateIsGivenBack() {
        store.duringCall(() -> time.advance(Duration.ofSeconds(9)));

        assertThat(keeper.acquire().tenure()).isEmpty();

        assertThat(store.find("a")).isEmpty();
    }

    @Test
    void aRenewalThatComesTooLateIsNone() {
        Tenure tenure = keeper.acquire().tenure().orElseThrow();
        store.duringCall(() -> time.advance(Duration.ofSeconds(9)));

        assertThat(keeper.renew(tenure)).isEqualTo(Keeper.Renewal.LOST);
    }

    @Test
    void epochsThatWentBackAreNotUsedUntilTheyAreNewAgain() {
        store.nextEpoch(1_000);
        Tenure before = keeper.acquire().tenure().orElseThrow();
        keeper.release(before);
        store.nextEpoch(999);

        assertThat(keeper.acquire().tenure()).as("epoch 999").isEmpty();
        assertThat(keeper.acquire().tenure()).as("epoch 1000").isEmpty();
        assertThat(keeper.acquire().tenure().map(Tenure::epoch)).contains(1_001L);
    }

    @Test
    void anotherHoldersEpochCountsToo() {
        store.nextEpoch(50);
        store.acquire("a", "two", OPTIONS.ttl());
        assertThat(keeper.acquire().holder().map(LeaseState::owner)).contains("two");
        store.forget();
        store.nextEpoch(49);

        assertThat(keeper.acquire().tenure()).isEmpty();
    }

    @Test
    void aReleaseEndsTheTermEvenIfTheStoreIsAway() {
        Tenure tenure = keeper.acquire().tenure().orElseThrow();
        store.fail();

        keeper.release(tenure);

        assertThat(tenure.isHeld()).isFalse();
    }

    /** Grants what it is told to; a lease never runs out. */
    private static final class ScriptedStore implements LeaseStore {
        private Optional<LeaseState> held = Optional.empty();
        private long epoch = 1;
        private Runnable duringCall = () -> {};

        void duringCall(Runnable action) {
            duringCall = action;
        }

        void nextEpoch(long next) {
            epoch = next;
        }

        void forget() {
            held = Optional.empty();
        }

        void fail() {
            duringCall = () -> {
                throw new LeaseStoreUnavailableException("away", null);
            };
        }

        @Override
        public Acquisition acquire(String name, String owner, Duration ttl) {
            duringCall.run();
            if (held.filter(other -> !other.owner().equals(owner)).isPresent()) {
                return new Acquisition.Refused(held.get());
            }
            held = Optional.of(new LeaseState(name, owner, epoch, ttl));
            return new Acquisition.Granted(epoch++);
        }

        @Override
        public boolean renew(String name, String owner, long renewed, Duration ttl) {
            duringCall.run();
            return held.isPresent();
        }

        @Override
        public boolean release(String name, String owner, long released) {
            duringCall.run();
            held = Optional.empty();
            return true;
        }

        @Override
        public Optional<LeaseState> find(String name) {
            return held;
        }

        @Override
        public void close() {}
    }
}
