package dev.signalbox.testing.contract;

import dev.signalbox.database.DatabaseConfig;
import org.junit.jupiter.api.Nested;

/** The delivery queue on {@link SqlServer}. */
class SqlServerQueueTest {
    private static DatabaseConfig fresh() {
        return QueueTables.emptied(SqlServer.config());
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
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Tagging extends DeliveryQueueLabelsContract {
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Quiet extends DeliveryQueueQuietContract {
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
        @Override
        protected DatabaseConfig newDatabase() {
            return fresh();
        }
    }

    @Nested
    class Steps extends DeliveryQueueStepContract {
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
    class Stopping extends DeliveryQueueStopContract {
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
            return 100;
        }
    }
}
