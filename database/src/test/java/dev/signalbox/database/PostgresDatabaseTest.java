package dev.signalbox.database;

import dev.signalbox.testing.services.RealPostgres;

class PostgresDatabaseTest extends DatabaseContract {
    @Override
    DatabaseConfig newDatabase() {
        return DatabaseConfig.of(RealPostgres.shared().freshDatabase());
    }
}
