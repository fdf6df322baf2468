package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The store as one node reaches it: requests and answers take time, get lost, or arrive when nobody waits for them any more. */
final class SimulatedStore implements LeaseStore {
    private final SimulatedWorld world;
    private final SimulatedNode node;
    private final LeaseStore truth;
    private final List<Object> answers = new ArrayList<>();
    private long newestEpoch;

    SimulatedStore(SimulatedWorld world, SimulatedNode node, LeaseStore truth) {
        this.world = world;
        this.node = node;
        this.truth = truth;
    }

    <T> T call(Supplier<T> operation) {
        takeTime();
        if (world.storeDownUntil > world.now() || world.chance(0.05)) {
            throw new LeaseStoreUnavailableException("the request was lost", null);
        }
        if (world.chance(0.03)) {
            world.after(world.span(1.5), () -> answers.add(operation.get()));
            throw new LeaseStoreUnavailableException("the request is late", null);
        }
        T answer = operation.get();
        takeTime();
        if (world.chance(0.05)) {
            throw new LeaseStoreUnavailableException("the answer was lost", null);
        }
        return answer;
    }

    private void takeTime() {
        world.elapse(world.chance(0.05) ? world.span(1.5) : world.span(0.01));
        node.awaitResumed();
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        return granting(() -> truth.acquire(name, owner, ttl));
    }

    Acquisition granting(Supplier<Acquisition> operation) {
        return call(() -> {
            Acquisition result = operation.get();
            if (result instanceof Acquisition.Granted granted) {
                assertThat(granted.epoch()).as("epochs only grow").isGreaterThan(newestEpoch);
                newestEpoch = granted.epoch();
            }
            return result;
        });
    }

    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        return call(() -> truth.renew(name, owner, epoch, ttl));
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        return call(() -> {
            Optional<LeaseState> before = truth.find(name);
            boolean released = truth.release(name, owner, epoch);
            assertThat(released)
                    .as("only its holder releases a lease")
                    .isEqualTo(before.filter(held -> held.owner().equals(owner) && held.epoch() == epoch)
                            .isPresent());
            return released;
        });
    }

    @Override
    public Optional<LeaseState> find(String name) {
        return call(() -> truth.find(name));
    }

    @Override
    public void close() {
        truth.close();
    }
}
