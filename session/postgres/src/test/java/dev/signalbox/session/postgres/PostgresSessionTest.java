package dev.signalbox.session.postgres;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.testing.contract.SessionBusContract;
import dev.signalbox.testing.contract.SessionFollowContract;
import dev.signalbox.testing.contract.SessionGroupContract;
import dev.signalbox.testing.contract.SessionStoreContract;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/** The session bus on PostgreSQL. */
class PostgresSessionTest {

    @Nested
    class Store extends SessionStoreContract {
        private final DatabaseConfig place = Postgres.empty();

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return Postgres.connect(place, retention, clock);
        }
    }

    @Nested
    class Bus extends SessionBusContract {
        private final DatabaseConfig place = Postgres.empty();

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return Postgres.connect(place, retention, clock);
        }
    }

    @Nested
    class Follow extends SessionFollowContract {
        private final DatabaseConfig place = Postgres.empty();

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return Postgres.connect(place, retention, clock);
        }
    }

    @Nested
    class Group extends SessionGroupContract {
        private final DatabaseConfig place = Postgres.empty();

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return Postgres.connect(place, retention, clock);
        }
    }
}
