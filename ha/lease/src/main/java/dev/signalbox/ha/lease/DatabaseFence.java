package dev.signalbox.ha.lease;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A row a name with the newest epoch. */
final class DatabaseFence {
    private static final String ADMIT = """
            insert into signalbox_fence (name, epoch) values (?, ?)
            on conflict (name) do update set epoch = excluded.epoch where signalbox_fence.epoch <= excluded.epoch
            """;

    private DatabaseFence() {}

    static boolean admits(Connection connection, String name, long epoch) throws SQLException {
        try (PreparedStatement admit = connection.prepareStatement(ADMIT)) {
            admit.setString(1, name);
            admit.setLong(2, epoch);
            return admit.executeUpdate() == 1;
        }
    }
}
