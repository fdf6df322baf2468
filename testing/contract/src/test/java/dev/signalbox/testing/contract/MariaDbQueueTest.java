package dev.signalbox.testing.contract;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.RealMariaDb;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The delivery queue on MariaDB, which stands for MySQL; or on the server that {@code SIGNALBOX_MYSQL_URL} names. Its messages are deleted. */
class MariaDbQueueTest {
    private static @Nullable DatabaseConfig used;

    /** Emptying the tables of the last test takes a tenth of the time of making them. */
    private static synchronized DatabaseConfig fresh() {
        if (used == null) {
            used = DatabaseConfig.of(Optional.ofNullable(System.getenv("SIGNALBOX_MYSQL_URL"))
                    .orElseGet(() -> RealMariaDb.shared().freshDatabase()));
        }
        return QueueTables.emptied(used);
    }

    /** What differs most from PostgreSQL is tried in every build. */
    private static void requireTheLongForm() {
        Assumptions.assumeTrue(Effort.of(0, 1) > 0, "skipped: on MariaDB the long form tries this part");
    }

    @Nested
    class Enqueue extends DeliveryQueueEnqueueContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Bulk extends DeliveryQueueBulkContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Search extends DeliveryQueueSearchContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Bodies extends DeliveryQueueBodiesContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Change extends DeliveryQueueChangeContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Flow extends DeliveryQueueFlowContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Limits extends DeliveryQueueLimitContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Retention extends DeliveryQueueRetentionContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Messages extends DeliveryQueueMessagesTableContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Scheduling extends DeliveryQueueScheduleContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Tagging extends DeliveryQueueLabelsContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Quiet extends DeliveryQueueQuietContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Recurring extends DeliveryQueueRecurringContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Batches extends DeliveryQueueBatchContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class BatchRepeats extends DeliveryQueueBatchRepeatContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Dispatch extends DeliveryQueueDispatchContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Steps extends DeliveryQueueStepContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

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
    class History extends DeliveryQueueHistoryContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Continuous extends DeliveryQueueContinuousContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Stopping extends DeliveryQueueStopContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Simulation extends DeliveryQueueSimulationContract {
        @BeforeAll
        static void inTheLongForm() {
            requireTheLongForm();
        }

        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }

        @Override
        protected int length() {
            return 100;
        }
    }
}
