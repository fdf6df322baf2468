package dev.signalbox.testing.contract;

import dev.signalbox.ha.lease.LeaseStore;
import org.junit.jupiter.api.Nested;

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
}
