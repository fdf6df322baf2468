package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases go by the database's clock, whatever a node takes for the time. */
class LeaseTimeTest {
    @Nested
    class OnPostgres extends Contract {
        @Override
        String freshDatabase() {
            return RealPostgres.shared().freshDatabase();
        }

        @Override
        String now() {
            return "extract(epoch from clock_timestamp()) * 1000000";
        }
    }

    @Nested
    class OnMariaDb extends Contract {
        @Override
        String freshDatabase() {
            return RealMariaDb.shared().freshDatabase();
        }

        @Override
        String now() {
            return "cast(unix_timestamp(sysdate(6)) * 1000000 as signed)";
        }
    }

    @Nested
    class OnTheStandInForSqlServer extends Contract {
        @Override
        String freshDatabase() {
            return "sqlserver://sa@stand-in?database=q" + Ids.next().toString().replace("-", "");
        }

        @Override
        String now() {
            return "datediff_big(microsecond, '1970-01-01', sysutcdatetime())";
        }
    }

    abstract static class Contract {
        private static final long LENGTH = Micros.of(Duration.ofSeconds(30));
        private static final long DOUBT = Micros.of(Duration.ofSeconds(20));

        abstract String freshDatabase();

        /** SQL of the database's time, in microseconds since 1970. */
        abstract String now();

        private final UUID lease = Ids.next();
        private Database database;
        private Store store;

        @BeforeEach
        void open() {
            database = Database.open(DatabaseConfig.of(freshDatabase()));
            DeliveryQueue queue = DeliveryQueue.on(database);
            queue.enqueue(Reach.to(Channel.SMS, "+61491570006").body("hello").build());
            store = ((JdbcQueue) queue).store();
        }

        @AfterEach
        void close() {
            database.close();
        }

        private long wrong(long hours) {
            return Micros.of(database.clock().instant()) + Micros.of(Duration.ofHours(1)) * hours;
        }

        /** How far the end of the lease is from now, by the database's clock. */
        private long left() {
            return database.read(connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("select until - " + now() + " from delivery_lease")) {
                    row.next();
                    return row.getLong(1);
                }
            });
        }

        @ParameterizedTest
        @ValueSource(longs = {-1, 0, 1})
        void nodeWithAWrongClockClaimsRenewsAndRescuesAlike(long hours) {
            long[] marks = new long[10];
            Arrays.fill(marks, 0);
            LaneLimits free = ClusterLimits.NONE.of(Channel.SMS);
            var claim = new Store.Claim(Channel.SMS, 10, free, lease, "owner", LENGTH);
            assertThat(store.claim(claim, marks, wrong(hours))).hasSize(1);
            assertThat(left()).isBetween(LENGTH - DOUBT, LENGTH);

            assertThat(store.renew(Set.of(lease), wrong(hours), 2 * LENGTH)).containsExactly(lease);
            assertThat(left()).isBetween(2 * LENGTH - DOUBT, 2 * LENGTH);

            List<Channel> lanes = List.of(Channel.SMS);
            assertThat(store.look(Map.of(Channel.SMS, 0L), wrong(hours)).expiredLeases())
                    .isFalse();
            assertThat(store.rescue(lanes, wrong(hours), 10, 0, orphan -> {
                        throw new AssertionError("the lease still stands");
                    }))
                    .isZero();
        }
    }
}
