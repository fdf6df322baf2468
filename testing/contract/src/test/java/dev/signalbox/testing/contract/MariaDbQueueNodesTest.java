package dev.signalbox.testing.contract;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealMariaDb;

class MariaDbQueueNodesTest extends PollingNodesContract {
    @Override
    DatabaseConfig freshDatabase() {
        return DatabaseConfig.of(RealMariaDb.shared().freshDatabase());
    }
}
