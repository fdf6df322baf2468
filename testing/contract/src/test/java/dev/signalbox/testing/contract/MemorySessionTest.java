package dev.signalbox.testing.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

        /** On that a bus relies: of an immediate store, it tells its subscribers nothing by itself. */
        @Test
        void itHasToldItsTailsTheEventsWhenAnAppendReturns() throws Exception {
            List<String> told = new ArrayList<>();
            SessionStore store = store();
            assertThat(store.isImmediate()).isTrue();
            Heard listener = new Heard() {
                @Override
                public void appended(String session, UUID previous, List<Stored> events) {
                    events.forEach(event -> told.add(session + event.offset() + new String(event.payload(), UTF_8)));
                }
            };
            try (SessionStore.Notifications _ = store.listen(listener, LIVENESS)) {
                Append batch = new Append(
                        UUID.randomUUID(), clock.instant(), List.of(entry("s", "a"), entry("s", "b"), entry("t", "c")));
                store.append(batch);

                long first = batch.firstOffset();
                assertThat(told).containsExactly("s" + first + "a", "s" + (first + 1) + "b", "t" + first + "c");
            }
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
