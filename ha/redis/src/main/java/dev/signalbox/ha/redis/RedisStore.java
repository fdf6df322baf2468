package dev.signalbox.ha.redis;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.LeaseNames;
import dev.signalbox.ha.lease.LeaseState;
import dev.signalbox.ha.lease.LeaseStore;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Leases as hashes, changed by scripts that compare owner and epoch. The hash stays when the lease ends, for its epoch. Thread-safe. */
final class RedisStore implements LeaseStore {
    private static final Script ACQUIRE = Script.load("acquire");
    private static final Script RENEW = Script.load("renew");
    private static final Script FIND = Script.load("find");

    private final Link link;
    private final String prefix;
    private final RedisClient client;
    private final Duration timeout;

    RedisStore(RedisClient client, String prefix, Duration timeout) {
        this.link = new Link(client, timeout);
        this.prefix = prefix;
        this.client = client;
        this.timeout = timeout;
    }

    private String key(String name) {
        return prefix + LeaseNames.checked(name);
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        List<String> answer = link.texts(ACQUIRE, key(name), LeaseNames.checked(owner), micros(ttl));
        return answer.getFirst().equals("1")
                ? new Acquisition.Granted(Long.parseLong(answer.get(1)))
                : new Acquisition.Refused(state(name, answer.subList(1, answer.size())));
    }

    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        return link.text(RENEW, key(name), owner, Long.toString(epoch), micros(ttl))
                .equals("1");
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        return link.text(RENEW, key(name), owner, Long.toString(epoch), "0").equals("1");
    }

    @Override
    public Optional<LeaseState> find(String name) {
        List<String> answer = link.texts(FIND, key(name));
        return answer.isEmpty() ? Optional.empty() : Optional.of(state(name, answer));
    }

    private static LeaseState state(String name, List<String> values) {
        return new LeaseState(
                name,
                values.get(1),
                Long.parseLong(values.get(0)),
                Duration.of(Long.parseLong(values.get(2)), ChronoUnit.MICROS));
    }

    private static String micros(Duration ttl) {
        return Long.toString(ttl.toNanos() / 1_000);
    }

    @Override
    public Watch watch(String name, Runnable changed) {
        return RedisHints.watch(client, timeout, key(name), changed);
    }

    @Override
    public void close() {
        link.close();
    }
}
