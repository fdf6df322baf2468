package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Goes through what is claimed; there is never more of it than dispatchers may have under way. */
record LeaseWalk(Store store) implements Walk {
    private static final int MOST = 10_000;

    @Override
    public List<UUID> next(Connection connection, Optional<UUID> below, int most) throws SQLException {
        return store.leased(connection, MOST).stream()
                .filter(id -> below.isEmpty() || compare(id, below.get()) < 0)
                .sorted((a, b) -> compare(b, a))
                .limit(most)
                .toList();
    }

    /** As the databases compare them: unsigned, unlike {@link UUID#compareTo}. */
    private static int compare(UUID a, UUID b) {
        int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    }

    @Override
    public Optional<UUID> endOfWindow(Connection connection, Optional<UUID> below) {
        return Optional.empty();
    }

    @Override
    public boolean isExact() {
        return false;
    }
}
