package dev.signalbox.session.mongodb;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.testing.contract.SessionBusContract;
import dev.signalbox.testing.contract.SessionFollowContract;
import dev.signalbox.testing.contract.SessionGroupContract;
import dev.signalbox.testing.contract.SessionStoreContract;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/** The session bus on each of three layers that stand for MongoDB; the third is MongoDB. */
class MongoSessionTest {

    @Nested
    class JavaServerStore extends SessionStoreContract {
        private final MongoLayer layer = closing(MongoLayer.javaServer());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class JavaServerBus extends SessionBusContract {
        private final MongoLayer layer = closing(MongoLayer.javaServer());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class ScriptedFakeStore extends SessionStoreContract {
        private final MongoLayer layer = closing(MongoLayer.scriptedFake());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class ScriptedFakeBus extends SessionBusContract {
        private final MongoLayer layer = closing(MongoLayer.scriptedFake());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class RealStore extends SessionStoreContract {
        private final MongoLayer layer = closing(MongoLayer.real());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class RealBus extends SessionBusContract {
        private final MongoLayer layer = closing(MongoLayer.real());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class JavaServerFollow extends SessionFollowContract {
        private final MongoLayer layer = closing(MongoLayer.javaServer());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class JavaServerGroup extends SessionGroupContract {
        private final MongoLayer layer = closing(MongoLayer.javaServer());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class ScriptedFakeFollow extends SessionFollowContract {
        private final MongoLayer layer = closing(MongoLayer.scriptedFake());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class ScriptedFakeGroup extends SessionGroupContract {
        private final MongoLayer layer = closing(MongoLayer.scriptedFake());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class RealFollow extends SessionFollowContract {
        private final MongoLayer layer = closing(MongoLayer.real());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }

    @Nested
    class RealGroup extends SessionGroupContract {
        private final MongoLayer layer = closing(MongoLayer.real());

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return layer.connect(retention, clock);
        }
    }
}
