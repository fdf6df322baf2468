package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.set;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.testing.contract.Recorder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is particular to MongoDB. */
class MongoSessionsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final ScriptedMongo mongo = ScriptedMongo.start();
    private final MongoClient client = MongoClients.create(mongo.url());
    private final MongoDatabase database = client.getDatabase("test");
    private MongoCollection<Document> events;
    private MongoCollection<Document> migrations;

    @BeforeEach
    void collections() {
        events = database.getCollection("messagebus");
        migrations = database.getCollection("messagebus_migrations");
    }

    @AfterEach
    void close() {
        client.close();
        mongo.close();
    }

    private MongoStore open(Retention retention, Instant now) {
        return MongoSessions.open(database, "messagebus", retention, InstantSource.fixed(now), Duration.ofSeconds(10));
    }

    private static Append batch(Instant at, String session, int count) {
        return new Append(
                UUID.randomUUID(),
                at,
                IntStream.range(0, count)
                        .mapToObj(i -> new Entry(session, "", ("e" + i).getBytes(UTF_8)))
                        .toList());
    }

    @Test
    void documentsCanBeReadByOthers() {
        open(Retention.FOREVER, NOW)
                .append(new Append(
                        UUID.randomUUID(), NOW, List.of(new Entry("session-123", "", "{\"data\":1}".getBytes(UTF_8)))));
        Document event = events.find().first();
        assertThat(event).containsEntry("sessionId", "session-123").containsEntry("message", "{\"data\":1}");
    }

    @Test
    void documentsWithoutAnOffsetAreIgnoredAndCounted() throws Exception {
        MongoStore store = open(Retention.FOREVER, NOW);
        Recorder recorder = new Recorder();
        try (SessionBus<String> bus =
                SessionBus.builder((SessionStore) store, Codec.text()).build()) {
            bus.subscribe("s", From.beginning(), recorder);
            recorder.awaitStarted();
            bus.send("s", "ours");
            events.insertOne(new Document("sessionId", "s").append("message", "{}"));
            bus.send("s", "ours, too");
            await().atMost(SOON).until(() -> recorder.texts().equals(List.of("ours", "ours, too")));
            await().atMost(SOON).until(() -> store.foreign() == 1);
            recorder.assertWhole();
        }
    }

    @Test
    void aChangedMigrationIsRefused() {
        open(Retention.FOREVER, NOW);
        migrations.updateOne(eq("_id", 2), set("checksum", "0"));
        assertThatExceptionOfType(SessionBusException.class)
                .isThrownBy(() -> open(Retention.FOREVER, NOW))
                .withMessageContaining("migration 2");
    }

    @Test
    void migrationsKeepWhatIsThereAndMayRunTwice() {
        events.insertOne(new Document("sessionId", "old").append("message", "{}"));
        open(Retention.FOREVER, NOW).append(batch(NOW, "s", 3));
        migrations.deleteMany(new Document());
        open(Retention.FOREVER, NOW).append(batch(NOW, "s", 3));
        assertThat(events.countDocuments()).isEqualTo(7);
        assertThat(migrations.countDocuments()).isEqualTo(6);
    }

    @Test
    void migrationsWaitForTheHolderOfTheLease() throws Exception {
        migrations.insertOne(new Document("_id", "lease")
                .append("fence", 7L)
                .append("owner", "other")
                .append("until", Date.from(NOW.plusSeconds(60))));
        CompletableFuture<MongoStore> opening = CompletableFuture.supplyAsync(() -> open(Retention.FOREVER, NOW));
        await().during(Duration.ofMillis(200)).until(() -> !opening.isDone() && migrations.countDocuments() == 1);
        migrations.updateOne(eq("_id", "lease"), set("until", Date.from(NOW)));
        opening.get();
        assertThat(migrations.find(eq("_id", 5)).first()).containsEntry("fence", 8L);
    }

    @Test
    void aMigrationThatLostItsLeaseRecordsNothing() {
        // The lease goes to somebody else while the first index is being made.
        mongo.before("createIndexes", () -> migrations.updateOne(eq("_id", "lease"), set("fence", 99L)));
        CompletableFuture<MongoStore> opening = CompletableFuture.supplyAsync(() -> open(Retention.FOREVER, NOW));
        await().atMost(SOON).until(() -> migrations.find(eq("fence", 99L)).first() != null);
        await().during(Duration.ofMillis(200)).until(() -> migrations.countDocuments() == 1);
        migrations.updateOne(eq("_id", "lease"), set("until", Date.from(NOW)));
        opening.join();
        assertThat(migrations.countDocuments()).isEqualTo(6);
    }

    @Test
    void aCappedCollectionKeepsItsOwnTime() {
        BsonDocument capped =
                BsonDocument.parse("{'name': 'messagebus', 'type': 'collection', 'options': {'capped': true}}");
        BsonDocument answer =
                BsonDocument.parse("{'ok': 1, 'cursor': {'id': {'$numberLong': '0'}, 'ns': 'test.$cmd'}}");
        answer.getDocument("cursor").append("firstBatch", new BsonArray(List.of(capped)));
        mongo.answer("listCollections", answer);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> open(Retention.ofEvents(5), NOW))
                .withMessageContaining("capped");
        assertThat(open(Retention.FOREVER, NOW).append(batch(NOW, "s", 1))).hasSize(1);
    }

    @Test
    void aBatchThatStoppedHalfwayIsCompletedWhenItIsRepeated() {
        MongoStore store = open(Retention.FOREVER, NOW);
        Append batch = batch(NOW, "s", 4);
        var places = store.append(batch);
        events.deleteMany(
                new Document("offset", new Document("$gt", places.get(1).offset())));
        store.append(batch(NOW, "s", 1));
        var again = store.append(batch);
        assertThat(again.subList(0, 2))
                .extracting(SessionStore.Place::offset)
                .containsExactly(places.get(0).offset(), places.get(1).offset());
        assertThat(again.get(2).offset()).isEqualTo(places.get(1).offset() + 2);
        assertThat(again.get(3).offset()).isEqualTo(places.get(1).offset() + 3);
    }

    /** Between its look for the last offset and its insert, all that is removed which it would come after. */
    @Test
    void aSlowAppendDoesNotComeWhereEventsWereRemoved() {
        MongoStore slow = open(Retention.ofEvents(1), NOW);
        MongoStore fast = open(Retention.ofEvents(1), NOW);
        slow.append(batch(NOW, "s", 1));
        mongo.before("insert", () -> {
            fast.append(batch(NOW, "s", 5));
            fast.trim(NOW);
        });
        long offset = slow.append(batch(NOW, "s", 1)).getFirst().offset();
        var slice = slow.read(List.of(new Cursor("s", 0)), 10).getFirst();
        assertThat(slice.last().offset()).isEqualTo(offset);
        assertThat(events.countDocuments()).isEqualTo(2);
    }

    /** Its first events fill the hole, the next one meets an event that was kept. */
    @Test
    void aSlowAppendOfManyDoesNotComePartlyWhereEventsWereRemoved() {
        MongoStore slow = open(Retention.ofEvents(1), NOW);
        MongoStore fast = open(Retention.ofEvents(1), NOW);
        long first = slow.append(batch(NOW, "s", 1)).getFirst().offset();
        mongo.before("insert", () -> {
            fast.append(batch(NOW, "s", 5));
            fast.trim(NOW);
        });
        assertThat(slow.append(batch(NOW, "s", 6)))
                .extracting(SessionStore.Place::offset)
                .containsExactly(first + 6, first + 7, first + 8, first + 9, first + 10, first + 11);
        assertThat(events.countDocuments()).isEqualTo(7);
    }

    /** Readers may have seen them by then. */
    @Test
    void eventsThatAreRemovedRightAfterTheyCameAreNotPutInAgain() {
        MongoStore store = open(Retention.ofEvents(2), NOW);
        MongoStore other = open(Retention.ofEvents(2), NOW);
        long first = store.append(batch(NOW, "s", 1)).getFirst().offset();
        mongo.before("insert", () -> mongo.before("find", () -> other.trim(NOW)));
        assertThat(store.append(batch(NOW, "s", 4)))
                .extracting(SessionStore.Place::offset)
                .containsExactly(first + 1, first + 2, first + 3, first + 4);
        assertThat(events.countDocuments()).isEqualTo(2);
    }

    @Test
    void aBatchThatLostARaceKeepsItsOrder() {
        MongoStore one = open(Retention.FOREVER, NOW);
        MongoStore other = open(Retention.FOREVER, NOW);
        long first = one.append(batch(NOW, "s", 1)).getFirst().offset();
        mongo.before("insert", () -> other.append(batch(NOW, "s", 1)));
        var places = one.append(batch(NOW, "s", 3));
        assertThat(places.stream().map(SessionStore.Place::offset)).containsExactly(first + 2, first + 3, first + 4);
    }

    /** A node that begins a session at the same time with another number from the clock has to agree. */
    @Test
    void twoWhoBeginASessionAgreeOnItsFirstOffset() {
        MongoStore one = open(Retention.FOREVER, NOW);
        MongoStore other = open(Retention.FOREVER, NOW);
        List<Long> offsets = new ArrayList<>();
        mongo.before(
                "insert",
                () -> mongo.before(
                        "insert",
                        () -> offsets.add(other.append(batch(NOW.plusSeconds(1), "s", 1))
                                .getFirst()
                                .offset())));
        offsets.add(one.append(batch(NOW, "s", 1)).getFirst().offset());
        var slice = one.read(List.of(new Cursor("s", 0)), 10).getFirst();
        assertThat(slice.events()).hasSize(2);
        assertThat(offsets).containsExactlyInAnyOrder(slice.begin(), slice.begin() + 1);
    }

    @Test
    void aDroppedCollectionBeginsAnewWithGreaterOffsets() {
        long last = open(Retention.FOREVER, NOW)
                .append(batch(NOW, "s", 3))
                .getLast()
                .offset();
        events.drop();
        Instant later = NOW.plusSeconds(600);
        assertThat(open(Retention.FOREVER, later)
                        .append(batch(later, "s", 1))
                        .getFirst()
                        .offset())
                .isGreaterThan(last + 1);
    }

    @Test
    void removesAThousandAtATimeAndLeavesNothingBehind() {
        MongoStore store = open(Retention.ofAge(Duration.ofMinutes(1)), NOW);
        store.append(batch(NOW, "s", 2_500));
        var group = new SessionStore.GroupKey("s", "g");
        assertThat(store.replaceGroup(group, GroupDocument.ABSENT, new GroupDocument(1, new byte[] {1})))
                .isTrue();
        Instant later = NOW.plusSeconds(7_200);
        assertThat(List.of(store.trim(later), store.trim(later), store.trim(later), store.trim(later)))
                .containsExactly(1_000L, 1_000L, 500L, 0L);
        assertThat(database.getCollection("messagebus_groups").countDocuments()).isZero();
        assertThat(database.getCollection("messagebus_heads").countDocuments()).isEqualTo(1);
        store.trim(later.plusSeconds(3_700));
        assertThat(database.getCollection("messagebus_heads").countDocuments()).isZero();
    }

    @Test
    void sessionsThatNobodyTouchedAreTrimmedInPassing() {
        MongoStore writer = open(Retention.FOREVER, NOW);
        for (int i = 0; i < 5; i++) {
            writer.append(batch(NOW, "s" + i, 4));
        }
        MongoStore store = open(Retention.ofEvents(3), NOW);
        assertThat(store.trim(NOW)).isEqualTo(5);
        assertThat(events.countDocuments()).isEqualTo(15);
    }
}
