package dev.signalbox.session.mongodb;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** What stands for MongoDB in a test, with a database of its own. It says which on the test's output. */
final class MongoLayer implements AutoCloseable {
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final MongoClient client;
    private final AutoCloseable server;
    private final String database = "test_" + UUID.randomUUID().toString().replace("-", "");

    private MongoLayer(String name, String url, AutoCloseable server) {
        this.server = server;
        if (TOLD.add(name)) {
            System.out.println("MongoDB layer: " + name);
        }
        this.client = MongoClients.create(url);
    }

    /** A server in memory that speaks MongoDB's protocol. */
    static MongoLayer javaServer() {
        MongoServer server = startJavaServer();
        return new MongoLayer(
                "mongo-java-server (in memory, not MongoDB)", server.getConnectionString(), server::shutdownNow);
    }

    static MongoServer startJavaServer() {
        MongoServer server = new MongoServer(new MemoryBackend());
        server.enableOplog();
        server.bind();
        return server;
    }

    /** The change stream is the fake's, the rest is the server in memory. */
    static MongoLayer scriptedFake() {
        ScriptedMongo fake = ScriptedMongo.start();
        return new MongoLayer("scripted fake (change streams), before mongo-java-server", fake.url(), fake);
    }

    /** The real one, where there is one; else the test is skipped, which is no error under CI: no package has it. */
    static MongoLayer real() {
        String url = System.getenv("MONGODB_URI");
        if (url == null || url.isBlank()) {
            String line = "MongoDB layer: MONGODB_URI (real) skipped: set MONGODB_URI to a replica set to run it";
            if (TOLD.add(line)) {
                System.out.println(line);
            }
            Assumptions.abort(line);
        }
        return new MongoLayer("MONGODB_URI (real)", String.valueOf(url), () -> {});
    }

    SessionStore connect(Retention retention, InstantSource clock) {
        return MongoSessions.open(client.getDatabase(database), "messagebus", retention, clock);
    }

    MongoClient client() {
        return client;
    }

    @Override
    public void close() throws Exception {
        client.getDatabase(database).drop();
        client.close();
        server.close();
    }
}
