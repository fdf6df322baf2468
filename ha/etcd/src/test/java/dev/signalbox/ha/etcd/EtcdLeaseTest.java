package dev.signalbox.ha.etcd;

import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.testing.contract.ElectionContract;
import dev.signalbox.testing.contract.LeaseStoreContract;
import dev.signalbox.testing.services.RealEtcd;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/** Leases in a real etcd. */
class EtcdLeaseTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String prefix = "/" + UUID.randomUUID() + "/";

    @AfterAll
    static void close() {
        CLIENT.close();
    }

    private LeaseStore node() {
        return EtcdLeases.open(CLIENT, List.of(RealEtcd.shared().url()), prefix);
    }

    @Nested
    class Store extends LeaseStoreContract {
        @Override
        protected LeaseStore connect() {
            return node();
        }

        @Override
        protected Duration brief() {
            return Duration.ofSeconds(2);
        }

        @Override
        protected Duration steady() {
            return Duration.ofSeconds(3);
        }

        @Override
        protected boolean hints() {
            return true;
        }
    }

    @Nested
    class Elections extends ElectionContract {
        @Override
        protected LeaseStore connect() {
            return node();
        }
    }
}
