package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.RealEtcd;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.services.RealRedis;
import java.util.LinkedHashMap;
import java.util.Map;

/** The real stores that leases are measured on: their URLs by name. */
final class LeaseStores implements AutoCloseable {
    private final RealPostgres postgres = RealPostgres.start();
    private final RealRedis redis = RealRedis.start();
    private final RealEtcd etcd = RealEtcd.start();

    Map<String, String> urls() {
        Map<String, String> urls = new LinkedHashMap<>();
        urls.put("postgresql", postgres.freshDatabase());
        urls.put("postgresql, early takeover", LeasePlace.EARLY_TAKEOVER + postgres.freshDatabase());
        urls.put("mariadb", RealMariaDb.shared().freshDatabase());
        urls.put("redis", redis.url());
        urls.put("etcd", etcd.url().toString());
        return urls;
    }

    @Override
    public void close() {
        etcd.close();
        redis.close();
        postgres.close();
    }
}
