package dev.signalbox.ha.etcd;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.LeaseException;
import dev.signalbox.ha.lease.LeaseNames;
import dev.signalbox.ha.lease.LeaseState;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.LeaseStoreUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A lease is a key with the owner as its value. The epoch is the revision of the put: an owner that takes its own key again puts it again,
 * so a lease of etcd that lives longer than its holder acted is never taken up where it was left. Thread-safe.
 *
 * <p>Beside it is a second key with the time to live, which each renewal puts again, and both are bound to a lease of etcd. So a lease ends
 * in one of two ways:
 *
 * <ul>
 *   <li>Another that has seen no renewal for the whole time to live takes it, if the last renewal is still the one that it saw. It has counted
 *       from after that renewal reached etcd, and the holder's deadline counts from before it was sent, with a tenth to spare: while the two
 *       monotonic clocks differ by less than that in speed, the holder has stopped. A renewal on its way comes either before, and the
 *       attempt fails, or after, and is refused.
 *   <li>Nobody watches: etcd deletes the keys when its lease runs out. It counts whole seconds, two at least, looks twice a second,
 *       and counts anew after an election.
 * </ul>
 */
final class EtcdStore implements LeaseStore {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdStore.class);
    private static final int ATTEMPTS = 5;
    private static final Duration LEAST = Duration.ofMillis(1);

    /** What is left, as far as one can tell, of a key that some other program put there: one asks again after it. */
    private static final Duration UNKNOWN = Duration.ofSeconds(1);

    /** A key as etcd has it. */
    private record Held(String owner, long revision, long lease, Optional<Renewal> renewal) {}

    /** The last renewal: its revision, and for how long it holds. */
    private record Renewal(long revision, Duration ttl) {}

    private final Gateway gateway;
    private final String prefix;
    private final SeenRenewals seen;

    /** @param nanos a monotonic clock */
    EtcdStore(Gateway gateway, String prefix, LongSupplier nanos) {
        this.gateway = gateway;
        this.prefix = prefix;
        this.seen = new SeenRenewals(nanos);
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        String key = key(name);
        LeaseNames.checked(owner);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Held> held = held(key);
            if (held.isPresent() && !held.get().owner().equals(owner)) {
                Duration left = left(key, held.get());
                if (left.isPositive()) {
                    return new Acquisition.Refused(state(name, held.get(), left));
                }
            }
            Optional<Long> epoch = put(key, owner, ttl, held);
            if (epoch.isPresent()) {
                return new Acquisition.Granted(epoch.get());
            }
        }
        throw new LeaseStoreUnavailableException("the lease '" + name + "' changes hands too fast to be taken", null);
    }

    /** Empty if the key changed, or its holder renewed, since it was looked at. */
    private Optional<Long> put(String key, String owner, Duration ttl, Optional<Held> before) {
        long lease = grant(ttl);
        Transaction taking =
                new Transaction().ifRevision(key, before.map(Held::revision).orElse(0L));
        before.flatMap(Held::renewal).ifPresent(renewal -> taking.ifRevision(renewalOf(key), renewal.revision()));
        taking.put(key, owner, lease).put(renewalOf(key), ttl.toString(), lease);
        Optional<JsonNode> done = commit(taking);
        revoke(done.isPresent() ? before.map(Held::lease).orElse(0L) : lease);
        return done.map(answer -> answer.path("header").path("revision").asLong());
    }

    /** What etcd answered; empty if a condition did not hold. */
    private Optional<JsonNode> commit(Transaction transaction) {
        return Optional.of(gateway.post("/v3/kv/txn", transaction.body()))
                .filter(answer -> answer.path("succeeded").asBoolean(false));
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

    /** Those who watch count for {@code ttl}; etcd itself for as long as the lease was taken for, which it does not change. */
    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        String key = key(name);
        Transaction renewal = new Transaction()
                .ifRevision(key, epoch)
                .ifValue(key, owner)
                .putAgain(renewalOf(key), ttl.toString())
                .get(key);
        return commit(renewal).filter(done -> keepAlive(lease(done, 1))).isPresent();
    }

    private boolean keepAlive(long lease) {
        return gateway.post(
                                "/v3/lease/keepalive",
                                Gateway.JSON.createObjectNode().put("ID", Long.toString(lease)))
                        .path("result")
                        .path("TTL")
                        .asLong(0)
                > 0;
    }

    /** The lease of etcd of the key that this step of a transaction got. */
    private static long lease(JsonNode done, int step) {
        return done.path("responses")
                .path(step)
                .path("response_range")
                .path("kvs")
                .path(0)
                .path("lease")
                .asLong(0);
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        String key = key(name);
        Transaction end = new Transaction()
                .ifRevision(key, epoch)
                .ifValue(key, owner)
                .get(key)
                .delete(key, endOf(key));
        Optional<JsonNode> done = commit(end);
        done.ifPresent(answer -> revoke(lease(answer, 0)));
        return done.isPresent();
    }

    @Override
    public Optional<LeaseState> find(String name) {
        String key = key(name);
        return held(key).map(held -> state(name, held, left(key, held)));
    }

    private Optional<Held> held(String key) {
        JsonNode found = gateway.post(
                        "/v3/kv/range",
                        Gateway.JSON
                                .createObjectNode()
                                .put("key", Transaction.base64(key))
                                .put("range_end", Transaction.base64(endOf(key))))
                .path("kvs");
        JsonNode first = found.path(0);
        if (first.isMissingNode()
                || !Transaction.text(first.path("key").asString("")).equals(key)) {
            return Optional.empty();
        }
        long lease = first.path("lease").asLong(0);
        return Optional.of(new Held(
                Transaction.text(first.path("value").asString("")),
                first.path("mod_revision").asLong(),
                lease,
                renewal(found.path(1), lease)));
    }

    /** Empty if it is not that of the key's lease of etcd: what renews the key leaves no trace then. */
    private static Optional<Renewal> renewal(JsonNode found, long lease) {
        return found.isMissingNode() || found.path("lease").asLong(0) != lease
                ? Optional.empty()
                : Optional.of(new Renewal(
                        found.path("mod_revision").asLong(),
                        Duration.parse(Transaction.text(found.path("value").asString("")))));
    }

    /** Zero or less once the lease may be taken; until somebody does, or etcd deletes the key, it is held. */
    private Duration left(String key, Held held) {
        return held.renewal()
                .map(last -> last.ttl().minus(seen.age(key, last.revision())))
                .orElse(UNKNOWN);
    }

    private static LeaseState state(String name, Held held, Duration left) {
        return new LeaseState(name, held.owner(), held.revision(), left.isPositive() ? left : LEAST);
    }

    private String key(String name) {
        return prefix + LeaseNames.checked(name);
    }

    /** No other lease has this key, since a name has no blank. */
    private static String renewalOf(String key) {
        return key + " renewed";
    }

    /** The end of the range of both keys; a name's characters come from there on. */
    private static String endOf(String key) {
        return key + "!";
    }

    @Override
    public Watch watch(String name, Runnable changed) {
        return EtcdWatch.start(gateway, key(name), changed);
    }

    /** The client is the caller's. */
    @Override
    public void close() {}
}
