package dev.signalbox.ha.lease;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import java.util.function.Supplier;

/** Tells the database's failures as the store's. */
final class Failing {
    private Failing() {}

    static <T> T translated(Supplier<T> work) {
        try {
            return work.get();
        } catch (DatabaseUnavailableException e) {
            throw new LeaseStoreUnavailableException("the leases' database is not available: " + e.getMessage(), e);
        } catch (DatabaseException e) {
            throw new LeaseException("the leases' database refused: " + e.getMessage(), e);
        }
    }
}
