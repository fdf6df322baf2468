package dev.signalbox.system;

import dev.signalbox.ha.lease.Fence;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.RealEtcd;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.services.RealRedis;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A real store, and what the nodes did under its lease.
 *
 * @param through its URL as reached through another port
 * @param restart stops it and starts it again on what is on its disk
 */
record LeaseFaultStore(
        String name, int port, IntFunction<String> through, Runnable restart, AutoCloseable part, LeaseHistory history)
        implements AutoCloseable {

    /** All stores, each as durable as it can be. MariaDB takes long to start, and only the long form has it. */
    static List<LeaseFaultStore> startAll() {
        Stream<Supplier<LeaseFaultStore>> all = Stream.of(
                () -> postgres("postgresql"),
                () -> postgres(LeaseNode.EARLY_TAKEOVER),
                LeaseFaultStore::redis,
                LeaseFaultStore::etcd,
                LeaseFaultStore::mariaDb);
        return all
                .limit(Effort.of(4, 5))
                .map(store -> CompletableFuture.supplyAsync(store, Thread::startVirtualThread))
                .toList()
                .stream()
                .map(LeaseFaultStore::started)
                .toList();
    }

    /** A part that is missing skips the test, from this thread, too. */
    private static LeaseFaultStore started(CompletableFuture<LeaseFaultStore> starting) {
        try {
            return starting.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static LeaseFaultStore postgres(String name) {
        RealPostgres server = RealPostgres.start();
        String url = server.freshDatabase();
        Runnable restart = () -> {
            server.stop();
            server.startAgain();
        };
        return of(name, server.port(), port -> RealPostgres.through(port, url), restart, server);
    }

    private static LeaseFaultStore redis() {
        RealRedis server = RealRedis.start();
        Runnable restart = () -> {
            server.kill();
            server.startAgain();
        };
        return of("redis", server.port(), RealRedis::url, restart, server);
    }

    private static LeaseFaultStore etcd() {
        RealEtcd server = RealEtcd.start();
        Runnable restart = () -> {
            server.kill();
            server.startAgain();
        };
        return of("etcd", server.port(), port -> RealEtcd.url(port).toString(), restart, server);
    }

    private static LeaseFaultStore mariaDb() {
        RealMariaDb server = RealMariaDb.start();
        String url = server.freshDatabase();
        return of(
                "mariadb",
                server.port(),
                port -> url.replace("127.0.0.1:" + server.port(), "127.0.0.1:" + port),
                server::restart,
                server);
    }

    private static LeaseFaultStore of(
            String name, int port, IntFunction<String> through, Runnable restart, AutoCloseable part) {
        return new LeaseFaultStore(name, port, through, restart, part, new LeaseHistory(Fence.inMemory()));
    }

    @Override
    public void close() throws Exception {
        part.close();
    }
}
