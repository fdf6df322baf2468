package dev.signalbox.server.node;

import dev.signalbox.testing.services.RealMariaDb;

/** A whole server whose database is MariaDB. */
class ServerMariaDbTest extends ServerDatabaseContract {
    ServerMariaDbTest() {
        super(RealMariaDb.shared().freshDatabase(), "engine = innodb");
    }
}
