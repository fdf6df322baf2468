package dev.signalbox.session.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The ring of a session in memory: what comes back is what was put in, wherever the ring begins. */
class MemoryRingTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00.123456789Z");

    @Test
    void eachEventComesBackAsItWasAppended() {
        MemorySession session = new MemorySession(3, 100);
        List<Stored> appended = new ArrayList<>();
        for (int n = 0; n < 250; n++) {
            appended.add(append(session, n, START.plusNanos(n)));
        }
        List<Stored> kept = session.read(0, 1_000).events();

        assertThat(kept).usingRecursiveFieldByFieldElementComparator().isEqualTo(appended.subList(150, 250));
        assertThat(kept.getFirst().headers()).isEqualTo("{\"n\":\"150\"}");
        assertThat(kept.get(1).headers()).isEmpty();
        assertThat(kept.getFirst().at()).isEqualTo(START.plusNanos(150));
        assertThat(kept.getFirst().id()).isEqualTo(new EventId(153, batch(150)));
    }

    @Test
    void itGrowsWhileItsFirstEventIsNotInTheFirstSlot() {
        MemorySession session = new MemorySession(1, 100);
        append(session, 0, START);
        append(session, 1, START.plusSeconds(1));
        session.trim(START.plusSeconds(1));
        List<Stored> appended = new ArrayList<>();
        for (int n = 2; n < 9; n++) {
            appended.add(append(session, n, START.plusSeconds(n)));
        }

        assertThat(session.read(2, 100).events())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(appended);
    }

    @Test
    void theLastEventIsKnownWhenAllAreRemoved() {
        MemorySession session = new MemorySession(1, 100);
        assertThat(session.last()).isEqualTo(EventId.NONE);
        append(session, 0, START);
        append(session, 1, START.plusSeconds(1));

        assertThat(session.trim(START.plusSeconds(2))).isEqualTo(2);
        assertThat(session.read(0, 10).events()).isEmpty();
        assertThat(session.last()).isEqualTo(new EventId(2, batch(1)));
        assertThat(append(session, 2, START).at()).isEqualTo(START.plusSeconds(1));
    }

    private static Stored append(MemorySession session, int n, Instant at) {
        String headers = n % 2 == 0 ? "{\"n\":\"" + n + "\"}" : "";
        return session.append(new Append(batch(n), at, List.of()), new Entry("s", headers, new byte[] {(byte) n}));
    }

    private static UUID batch(int n) {
        return new UUID(n, -n);
    }
}
