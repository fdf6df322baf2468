package dev.signalbox.benchmarks;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.ha.etcd.EtcdLeases;
import dev.signalbox.ha.lease.DatabaseLeases;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.redis.RedisLeases;
import io.lettuce.core.RedisClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;

/** A lease store by the URL of where it is, with the client that it needs. */
record LeasePlace(LeaseStore store, AutoCloseable client) implements AutoCloseable {
    /** Before the URL of a PostgreSQL whose leases may be taken before they run out. */
    static final String EARLY_TAKEOVER = "early-takeover:";

    static LeasePlace open(String url) {
        if (url.startsWith(EARLY_TAKEOVER)) {
            Database database = Database.open(DatabaseConfig.of(url.substring(EARLY_TAKEOVER.length())));
            return new LeasePlace(DatabaseLeases.openWithEarlyTakeover(database), database);
        }
        if (url.startsWith("redis:")) {
            RedisClient client = RedisClient.create(url);
            return new LeasePlace(RedisLeases.open(client, "bench:"), client::shutdown);
        }
        if (url.startsWith("http:")) {
            HttpClient client = HttpClient.newHttpClient();
            return new LeasePlace(EtcdLeases.open(client, List.of(URI.create(url)), "/bench/"), client::shutdownNow);
        }
        Database database = Database.open(DatabaseConfig.of(url));
        return new LeasePlace(DatabaseLeases.open(database), database);
    }

    @Override
    public void close() throws Exception {
        store.close();
        client.close();
    }
}
