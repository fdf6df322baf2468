package dev.signalbox.testing.contract;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The session bus in memory. Its nodes are buses on one store, since it has no other place. */
class MemorySessionTest {

    private static final class Memory {
        private @Nullable SessionStore store;

        synchronized SessionStore connect(Retention retention, InstantSource clock) {
            if (store == null) {
                store = SessionStore.inMemory(retention, clock);
            }
            return store;
        }
    }

    @Nested
    class Store extends SessionStoreContract {
        private final Memory memory = new Memory();

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return memory.connect(retention, clock);
        }

        @Override
        protected boolean recognisesRepeats() {
            return false;
        }
    }

    @Nested
    class Bus extends SessionBusContract {
        private final Memory memory = new Memory();

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return memory.connect(retention, clock);
        }
    }

    @Nested
    class Follow extends SessionFollowContract {
        private final Memory memory = new Memory();

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return memory.connect(retention, clock);
        }
    }

    @Nested
    class Group extends SessionGroupContract {
        private final Memory memory = new Memory();

        @Override
        protected SessionStore connect(Retention retention, InstantSource clock) {
            return memory.connect(retention, clock);
        }
    }
}
