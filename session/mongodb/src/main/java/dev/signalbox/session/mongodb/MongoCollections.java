package dev.signalbox.session.mongodb;

import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * The collections of a bus. All is written to and read from the majority: what was seen cannot be rolled back by a failover, and what was
 * acknowledged neither.
 *
 * @param events one document an event: {@code sessionId}, {@code offset}, {@code begin} (the session's first offset), {@code at},
 *     {@code message}, {@code batch}, {@code n}
 * @param heads where sessions begin that have no events
 * @param groups positions and what is handed out
 * @param migrations what was done to the above
 * @param stream the events again, without a limit of time, since a stream waits
 */
record MongoCollections(
        MongoDatabase database,
        MongoCollection<Document> events,
        MongoCollection<Document> heads,
        MongoCollection<Document> groups,
        MongoCollection<Document> migrations,
        MongoCollection<Document> stream) {

    static MongoCollections of(MongoDatabase given, String name, Duration timeout) {
        MongoDatabase database = given.withReadPreference(ReadPreference.primary())
                .withReadConcern(ReadConcern.MAJORITY)
                .withWriteConcern(WriteConcern.MAJORITY);
        MongoDatabase timed = database.withTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        return new MongoCollections(
                timed,
                timed.getCollection(name),
                timed.getCollection(name + "_heads"),
                timed.getCollection(name + "_groups"),
                timed.getCollection(name + "_migrations"),
                database.getCollection(name));
    }

    boolean isCapped() {
        Document options = new Document();
        database.listCollections()
                .filter(Filters.eq("name", events.getNamespace().getCollectionName()))
                .forEach(found -> options.putAll(found.get("options", new Document())));
        return options.getBoolean("capped", false);
    }
}
