package dev.signalbox.system;

import dev.signalbox.testing.services.RealNats;
import dev.signalbox.testing.services.RealRedis;

/** The broker of a cluster, and what may happen to it. */
interface ClusterChaosBroker extends AutoCloseable {
    /** Which brokers there are. */
    enum Kind {
        REDIS,
        NATS;

        ClusterChaosBroker start() {
            return this == REDIS ? redis() : nats();
        }
    }

    /** What {@code cluster.link} calls it. */
    String link();

    int port();

    /** Where it is, through another port such as a proxy's. */
    String url(int through);

    /** Ends it as {@code kill -9} does. */
    void kill();

    void startAgain();

    /** Nothing is answered, and connections stay open. */
    void freeze();

    void thaw();

    /** Drops all that it keeps. */
    void forget();

    @Override
    void close();

    private static ClusterChaosBroker redis() {
        RealRedis redis = RealRedis.start("appendonly no");
        return new ClusterChaosBroker() {
            @Override
            public String link() {
                return "redis";
            }

            @Override
            public int port() {
                return redis.port();
            }

            @Override
            public String url(int through) {
                return RealRedis.url(through);
            }

            @Override
            public void kill() {
                redis.kill();
            }

            @Override
            public void startAgain() {
                redis.startAgain();
            }

            @Override
            public void freeze() {
                redis.freeze();
            }

            @Override
            public void thaw() {
                redis.thaw();
            }

            @Override
            public void forget() {
                redis.ask("FLUSHALL");
            }

            @Override
            public void close() {
                redis.close();
            }
        };
    }

    private static ClusterChaosBroker nats() {
        RealNats nats = RealNats.startJetStream();
        return new ClusterChaosBroker() {
            @Override
            public String link() {
                return "nats";
            }

            @Override
            public int port() {
                return nats.port();
            }

            @Override
            public String url(int through) {
                return RealNats.url(through);
            }

            @Override
            public void kill() {
                nats.kill();
            }

            @Override
            public void startAgain() {
                nats.startAgain();
            }

            @Override
            public void freeze() {
                nats.freeze();
            }

            @Override
            public void thaw() {
                nats.thaw();
            }

            @Override
            public void forget() {
                nats.forget();
            }

            @Override
            public void close() {
                nats.close();
            }
        };
    }
}
