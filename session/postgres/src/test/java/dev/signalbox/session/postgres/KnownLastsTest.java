package dev.signalbox.session.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node remembers of a session may be out of date, and its events are numbered without holes all the same. */
class KnownLastsTest {
    private final DatabaseConfig place = Postgres.empty();
    private final SessionStore store = Postgres.connect(place, Retention.FOREVER, InstantSource.system());
    private final SessionStore other = Postgres.connect(place, Retention.FOREVER, InstantSource.system());

    @AfterEach
    void close() {
        store.close();
        other.close();
    }

    /** As a server does that took over before it had them. */
    @Test
    void aSessionThatLostItsNewestEventsGoesOnAfterTheLastThatIsThere() {
        Place first = append(store);
        append(store);
        append(store);
        remove("delete from session_event where number > ?", first.offset());
        assertThat(append(store).offset()).isEqualTo(first.offset() + 1);
        assertThat(store.read(List.of(new Cursor("s", 0)), 10).getFirst().events())
                .extracting(event -> event.offset())
                .containsExactly(first.offset(), first.offset() + 1);
    }

    @Test
    void aSessionThatAnotherNodeWentOnWithGoesOnAfterThat() {
        Place first = append(store);
        append(other);
        assertThat(append(store).offset()).isEqualTo(first.offset() + 2);
    }

    @Test
    void aSessionThatAnotherNodeDeletedBeginsAnew() {
        Place before = append(store);
        other.delete("s");
        Place after = append(store);
        assertThat(after.offset()).isGreaterThan(before.offset() + 1);
        assertThat(store.sessions("", 10)).containsExactly("s");
    }

    @Test
    void someOfManyAreForgotten() {
        KnownLasts lasts = new KnownLasts();
        for (int i = 0; i <= KnownLasts.MOST; i++) {
            lasts.learn(List.of(entry("s" + i)), List.of(new Place(i + 1L, Instant.EPOCH, UUID.randomUUID())));
        }
        String[] all =
                IntStream.rangeClosed(0, KnownLasts.MOST).mapToObj(i -> "s" + i).toArray(String[]::new);
        long[] known = lasts.of(all);
        assertThat(known[KnownLasts.MOST]).isEqualTo(KnownLasts.MOST + 1L);
        assertThat(IntStream.range(0, known.length).filter(i -> known[i] > 0).count())
                .isLessThanOrEqualTo(KnownLasts.MOST);
    }

    private static Place append(SessionStore node) {
        return node.append(new Append(UUID.randomUUID(), Instant.now(), List.of(entry("s"))))
                .getFirst();
    }

    private static Entry entry(String session) {
        return new Entry(session, "", new byte[1]);
    }

    private void remove(String sql, long number) {
        try (Database database = Database.open(place)) {
            database.transact(connection -> run(connection, sql, number));
        }
    }

    private static int run(Connection connection, String sql, long number) throws SQLException {
        try (Query query = Query.of(connection, sql)) {
            return query.with(number).run();
        }
    }
}
