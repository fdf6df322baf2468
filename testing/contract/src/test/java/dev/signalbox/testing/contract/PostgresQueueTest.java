package dev.signalbox.testing.contract;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import org.junit.jupiter.api.Nested;

/** The delivery queue on PostgreSQL. */
class PostgresQueueTest {
    private DatabaseConfig fresh() {
        return DatabaseConfig.of(RealPostgres.shared().freshDatabase());
    }

    @Nested
    class Enqueue extends DeliveryQueueEnqueueContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Dispatch extends DeliveryQueueDispatchContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Lease extends DeliveryQueueLeaseContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Continuous extends DeliveryQueueContinuousContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Simulation extends DeliveryQueueSimulationContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }

        @Override
        protected int length() {
            return 150;
        }
    }
}
