package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.database.Work;
import java.util.concurrent.Semaphore;

/** What everything but appends and listening shares: two connections of the pool, however many sessions and groups there are. */
final class Connections {
    private static final int MOST = 2;

    private final Database database;
    private final Semaphore free = new Semaphore(MOST, true);

    Connections(Database database) {
        this.database = database;
    }

    /** Runs a statement on its own. */
    <T> T use(Work<T> work) {
        free.acquireUninterruptibly();
        try {
            return database.autoCommit(work);
        } finally {
            free.release();
        }
    }

    /** Runs statements in one transaction. */
    <T> T transact(Work<T> work) {
        free.acquireUninterruptibly();
        try {
            return database.transact(work);
        } finally {
            free.release();
        }
    }
}
