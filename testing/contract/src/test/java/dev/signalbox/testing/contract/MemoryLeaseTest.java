package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.LeaseStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Leases in memory. */
class MemoryLeaseTest {
    private final LeaseStore shared = LeaseStore.inMemory();

    @Nested
    class Store extends LeaseStoreContract {
        @Override
        protected LeaseStore connect() {
            return shared;
        }

        @Override
        protected boolean hints() {
            return true;
        }
    }

    @Nested
    class Elections extends ElectionContract {
        @Override
        protected LeaseStore connect() {
            return shared;
        }
    }

    @Test
    void aGrantAndAReleaseAreToldEach() {
        AtomicInteger told = new AtomicInteger();
        try (LeaseStore.Watch watch = shared.watch("a", told::incrementAndGet)) {
            assertThat(watch).isNotNull();
            shared.acquire("a", "one", Duration.ofMinutes(1));
            assertThat(told).hasValue(1);

            assertThat(shared.release("a", "one", shared.find("a").orElseThrow().epoch()))
                    .isTrue();

            assertThat(told).hasValue(2);
        }
    }
}
