package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.mongodb.MongoException;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.bson.Document;

/**
 * Brings the collections up to date, one numbered step after the other. Each step is recorded with a checksum, runs under a lease whose
 * fence is looked at before anything is recorded, may run twice without harm, and never drops anything.
 */
final class Migrations {
    /** A command, in which a star stands for the name of the collection of events. */
    private record Step(int version, String name, String command) {
        String checksum() {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(command.getBytes(UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    private static final List<Step> STEPS = List.of(
            new Step(1, "an offset is given once", """
                    {"createIndexes": "*", "indexes": [{"name": "signalbox_offset", "key": {"sessionId": 1, "offset": 1},
                     "unique": true, "partialFilterExpression": {"offset": {"$exists": true}}}]}"""),
            new Step(2, "an event of a batch is put in once", """
                    {"createIndexes": "*", "indexes": [{"name": "signalbox_batch", "key": {"batch": 1, "n": 1},
                     "unique": true, "partialFilterExpression": {"batch": {"$exists": true}}}]}"""),
            new Step(3, "old events are found", """
                    {"createIndexes": "*", "indexes": [{"name": "signalbox_age", "key": {"at": 1, "sessionId": 1, "offset": 1},
                     "partialFilterExpression": {"at": {"$exists": true}}}]}"""),
            new Step(4, "old heads are found", """
                    {"createIndexes": "*_heads", "indexes": [{"name": "signalbox_age", "key": {"at": 1}}]}"""),
            new Step(5, "old groups are found", """
                    {"createIndexes": "*_groups", "indexes": [{"name": "signalbox_age", "key": {"at": 1}}]}"""));

    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final MongoCollections collections;
    private final InstantSource clock;
    private final String owner = UUID.randomUUID().toString();

    Migrations(MongoCollections collections, InstantSource clock) {
        this.collections = collections;
        this.clock = clock;
    }

    void run() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isDone()) {
            OptionalLong fence = lease();
            if (fence.isPresent()) {
                runAll(fence.getAsLong());
            } else if (System.nanoTime() > end) {
                throw new SessionUnavailableException("another node migrates the collections for too long", null);
            } else {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
    }

    private boolean isDone() {
        Map<Integer, String> done = done();
        return STEPS.stream().allMatch(step -> isDone(step, done));
    }

    private Map<Integer, String> done() {
        Map<Integer, String> done = new HashMap<>();
        for (Document document : collections.migrations().find()) {
            if (document.get("_id") instanceof Integer version) {
                done.put(version, document.getString("checksum"));
            }
        }
        return done;
    }

    private static boolean isDone(Step step, Map<Integer, String> done) {
        String checksum = done.get(step.version());
        if (checksum != null && !checksum.equals(step.checksum())) {
            throw new SessionBusException(
                    "migration " + step.version() + " (" + step.name() + ") is not what this database was migrated by;"
                            + " it was migrated by another version of Signalbox, or the record was changed",
                    null);
        }
        return checksum != null;
    }

    /** The fence, if the lease was free. */
    private OptionalLong lease() {
        Date now = Date.from(clock.instant());
        try {
            Document lease = collections
                    .migrations()
                    .findOneAndUpdate(
                            and(eq("_id", "lease"), lte("until", now)),
                            combine(
                                    inc("fence", 1L),
                                    set("owner", owner),
                                    set("until", Date.from(clock.instant().plus(LEASE)))),
                            new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER));
            return lease == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(lease.get("fence", Number.class).longValue());
        } catch (MongoException e) {
            if (Failures.isDuplicate(e)) {
                return OptionalLong.empty(); // There is one, and it has not ended.
            }
            throw e;
        }
    }

    private void runAll(long fence) {
        Map<Integer, String> done = done();
        for (Step step : STEPS) {
            if (!isDone(step, done) && !run(step, fence)) {
                return;
            }
        }
        collections
                .migrations()
                .updateOne(and(eq("_id", "lease"), eq("fence", fence)), set("until", Date.from(Instant.EPOCH)));
    }

    /** False if the lease was lost meanwhile; its new holder goes on. */
    private boolean run(Step step, long fence) {
        String name = collections.events().getNamespace().getCollectionName();
        Document command = Document.parse(step.command());
        String target = command.getString("createIndexes").replace("*", name);
        command.put("createIndexes", target);
        command.put("writeConcern", new Document("w", "majority"));
        collections.database().runCommand(command);
        Date until = Date.from(clock.instant().plus(LEASE));
        boolean own = collections
                        .migrations()
                        .updateOne(and(eq("_id", "lease"), eq("fence", fence)), set("until", until))
                        .getMatchedCount()
                == 1;
        if (own) {
            record(step, fence);
        }
        return own;
    }

    private void record(Step step, long fence) {
        try {
            collections
                    .migrations()
                    .insertOne(new Document("_id", step.version())
                            .append("name", step.name())
                            .append("checksum", step.checksum())
                            .append("at", Date.from(clock.instant()))
                            .append("fence", fence));
        } catch (MongoException e) {
            if (!Failures.isDuplicate(e)) {
                throw e;
            }
        }
    }
}
