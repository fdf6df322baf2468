package dev.signalbox.testing.contract;

import dev.signalbox.database.DatabaseConfig;

/** On {@link SqlServer}. */
class SqlServerQueueNodesTest extends PollingNodesContract {
    @Override
    DatabaseConfig freshDatabase() {
        return QueueTables.emptied(SqlServer.config());
    }
}
