package dev.signalbox.ha.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.LeaseException;
import dev.signalbox.ha.lease.LeaseNames;
import dev.signalbox.ha.lease.LeaseState;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.LeaseStoreUnavailableException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A lease is a key with the owner as its value, bound to a lease of etcd, which deletes the key when it runs out. The epoch is the
 * revision of the put: an owner that takes its own key again puts it again, so a lease of etcd that lives longer than its holder acted is
 * never taken up where it was left. Thread-safe.
 */
final class EtcdStore implements LeaseStore {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdStore.class);
    private static final int ATTEMPTS = 5;

    /** A key as etcd has it. */
    private record Held(String owner, long revision, long lease) {}

    private final Gateway gateway;
    private final String prefix;

    EtcdStore(Gateway gateway, String prefix) {
        this.gateway = gateway;
        this.prefix = prefix;
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        String key = key(name);
        LeaseNames.checked(owner);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Held> held = held(key);
            if (held.isPresent() && !held.get().owner().equals(owner)) {
                return new Acquisition.Refused(state(name, held.get()));
            }
            Optional<Long> epoch = put(key, owner, ttl, held);
            if (epoch.isPresent()) {
                return new Acquisition.Granted(epoch.get());
            }
        }
        throw new LeaseStoreUnavailableException("the lease '" + name + "' changes hands too fast to be taken", null);
    }

    /** Empty if the key changed since it was looked at. */
    private Optional<Long> put(String key, String owner, Duration ttl, Optional<Held> before) {
        long lease = grant(ttl);
        ObjectNode body = Gateway.JSON.createObjectNode();
        compare(body, key, before.map(Held::revision).orElse(0L));
        body.putArray("success")
                .addObject()
                .putObject("request_put")
                .put("key", base64(key))
                .put("value", base64(owner))
                .put("lease", Long.toString(lease));
        JsonNode answer = gateway.post("/v3/kv/txn", body);
        boolean done = answer.path("succeeded").asBoolean(false);
        revoke(done ? before.map(Held::lease).orElse(0L) : lease);
        return done ? Optional.of(answer.path("header").path("revision").asLong()) : Optional.empty();
    }

    private static ObjectNode compare(ObjectNode body, String key, long revision) {
        return body.putArray("compare")
                .addObject()
                .put("key", base64(key))
                .put("target", "MOD")
                .put("result", "EQUAL")
                .put("mod_revision", Long.toString(revision));
    }

    private long grant(Duration ttl) {
        long seconds = Math.max(1, ttl.plusNanos(999_999_999).toSeconds());
        return gateway.post("/v3/lease/grant", Gateway.JSON.createObjectNode().put("TTL", seconds))
                .path("ID")
                .asLong();
    }

    /** One that is left behind runs out by itself. */
    private void revoke(long lease) {
        if (lease == 0) {
            return;
        }
        try {
            gateway.post("/v3/lease/revoke", Gateway.JSON.createObjectNode().put("ID", Long.toString(lease)));
        } catch (LeaseException e) {
            LOG.debug("a lease of etcd was left to run out", e);
        }
    }

    /** For as long as it was taken for: etcd does not change the time to live of a lease. */
    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        Optional<Held> held = held(key(name), owner, epoch);
        return held.isPresent()
                && gateway.post(
                                        "/v3/lease/keepalive",
                                        Gateway.JSON
                                                .createObjectNode()
                                                .put(
                                                        "ID",
                                                        Long.toString(held.get().lease())))
                                .path("result")
                                .path("TTL")
                                .asLong(0)
                        > 0;
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        String key = key(name);
        Optional<Held> held = held(key, owner, epoch);
        if (held.isEmpty()) {
            return false;
        }
        ObjectNode body = Gateway.JSON.createObjectNode();
        compare(body, key, epoch);
        body.putArray("success").addObject().putObject("request_delete_range").put("key", base64(key));
        boolean released = gateway.post("/v3/kv/txn", body).path("succeeded").asBoolean(false);
        if (released) {
            revoke(held.get().lease());
        }
        return released;
    }

    @Override
    public Optional<LeaseState> find(String name) {
        return held(key(name)).map(held -> state(name, held));
    }

    private Optional<Held> held(String key, String owner, long epoch) {
        return held(key).filter(held -> held.owner().equals(owner) && held.revision() == epoch);
    }

    private Optional<Held> held(String key) {
        JsonNode found = gateway.post(
                        "/v3/kv/range", Gateway.JSON.createObjectNode().put("key", base64(key)))
                .path("kvs")
                .path(0);
        return found.isMissingNode()
                ? Optional.empty()
                : Optional.of(new Held(
                        new String(
                                Base64.getDecoder().decode(found.path("value").asString("")), UTF_8),
                        found.path("mod_revision").asLong(),
                        found.path("lease").asLong(0)));
    }

    /** etcd deletes a key a moment after its lease ran out; until then it is held. */
    private LeaseState state(String name, Held held) {
        long seconds = gateway.post(
                        "/v3/lease/timetolive", Gateway.JSON.createObjectNode().put("ID", Long.toString(held.lease())))
                .path("TTL")
                .asLong(0);
        Duration left = seconds > 0 ? Duration.ofSeconds(seconds) : Duration.ofMillis(1);
        return new LeaseState(name, held.owner(), held.revision(), left);
    }

    private String key(String name) {
        return prefix + LeaseNames.checked(name);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Override
    public Watch watch(String name, Runnable changed) {
        return EtcdWatch.start(gateway, key(name), changed);
    }

    /** The client is the caller's. */
    @Override
    public void close() {}
}
