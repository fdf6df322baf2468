package dev.signalbox.session.redis;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.testing.contract.SessionBusContract;
import dev.signalbox.testing.contract.SessionFollowContract;
import dev.signalbox.testing.contract.SessionGroupContract;
import dev.signalbox.testing.contract.SessionStoreContract;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/** The session bus on a real Redis. */
class RedisSessionTest {

    @Nested
    class Store extends SessionStoreContract {
        private final RedisNamespace namespace = closing(new RedisNamespace());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return namespace.connect(retention, clock);
        }
    }

    @Nested
    class Bus extends SessionBusContract {
        private final RedisNamespace namespace = closing(new RedisNamespace());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return namespace.connect(retention, clock);
        }
    }

    @Nested
    class Follow extends SessionFollowContract {
        private final RedisNamespace namespace = closing(new RedisNamespace());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return namespace.connect(retention, clock);
        }
    }

    @Nested
    class Group extends SessionGroupContract {
        private final RedisNamespace namespace = closing(new RedisNamespace());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return namespace.connect(retention, clock);
        }
    }
}
