package dev.signalbox.testing.contract;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The delivery queue on PostgreSQL. */
class PostgresQueueTest {
    private static @Nullable DatabaseConfig used;

    /** Emptying the tables of the last test takes a tenth of the time of making them. */
    private static synchronized DatabaseConfig fresh() {
        if (used == null) {
            used = DatabaseConfig.of(RealPostgres.shared().freshDatabase());
        } else {
            try (Database database = Database.open(used)) {
                database.transact(PostgresQueueTest::empty);
            }
        }
        return used;
    }

    private static boolean empty(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute("truncate delivery_message, delivery_ready, delivery_later, delivery_lease,"
                    + " delivery_outcome, delivery_dead, delivery_tally, delivery_lane, delivery_pause,"
                    + " delivery_budget, delivery_recipient, delivery_tag, delivery_batch, delivery_batch_message"
                    + " cascade");
        }
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
            return 150;
        }
    }
}
