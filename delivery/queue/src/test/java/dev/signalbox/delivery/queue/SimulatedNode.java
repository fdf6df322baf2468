package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The loops of a dispatcher, as {@link QueueDispatcher} puts them together, on a simulated machine: each takes its single steps,
 * with pauses between them that may be far too long.
 */
final class SimulatedNode implements Wake.Sleeper {
    private static final DispatchOptions OPTIONS = DispatchOptions.DEFAULT
            .withRetry(new Retry(Duration.ofMillis(200), 2, Duration.ofSeconds(2), 0.5, Duration.ofSeconds(2)))
            .withLease(Duration.ofSeconds(5))
            .withMargin(Duration.ofMillis(300))
            .withBatch(3)
            .withBreaker(5);

    /** How far a node's idea of the database's clock may be off. */
    static final Duration SKEW = Duration.ofSeconds(2);

    private final SimulatedWorld world;
    private final SimulatedWorld.Machine machine = new SimulatedWorld.Machine();
    private final Journal journal;
    private final Map<Channel, Lane> lanes = new LinkedHashMap<>();
    private final Heartbeat heartbeat;
    private final Completer completer;

    SimulatedNode(
            SimulatedWorld world,
            Database unused,
            SimulatedTables tables,
            Collection<SimulatedProvider> providers,
            Journal journal) {
        this.world = world;
        this.journal = journal;
        SimulatedStore store = new SimulatedStore(world, tables);
        long skew = world.random.nextLong(-Micros.of(SKEW), Micros.of(SKEW) + 1);
        Time time = Time.of(() -> Micros.instant(world.now() + skew), world::now);
        SplittableRandom random = world.random.split();
        GuardedListener listener = new GuardedListener(List.of(new FailingListener(world)));
        Rules rules = new Rules(OPTIONS.retry(), random);
        Outage outage = new Outage(listener);
        this.completer = new Completer(store, store::recorded, time, this, outage);
        Recovery recovery = new Recovery(store, journal, rules, lanes);
        this.heartbeat =
                new Heartbeat(unused, store, time, lanes, OPTIONS, listener, outage, (channels, now) -> {}, recovery);
        LaneContext context = new LaneContext(
                unused, store, time, OPTIONS, rules, listener, journal, completer, outage, new Control());
        for (SimulatedProvider provider : providers) {
            Sender sender = provider.sender(journal.owner().toString());
            lanes.put(sender.channel(), new Lane(sender, Terms.of(sender), context));
        }
    }

    /** Has its loops run. */
    void start() {
        loop("heartbeat", Duration.ofMillis(900), () -> heartbeat.beat(completer.shard()));
        loop("completer", Duration.ofMillis(200), completer::flush);
        lanes.values().forEach(lane -> loop("lane " + lane.channel(), Duration.ofMillis(900), lane::runOnce));
    }

    private void loop(String name, Duration longest, Runnable step) {
        Duration shortest = longest.dividedBy(4);
        world.start(machine, name, () -> {
            while (!machine.isDead()) {
                try {
                    step.run();
                } catch (DatabaseException e) {
                    world.saw(SimulatedWorld.Sight.OUTAGE);
                }
                // A thread that is not run for a while is a fault like others.
                world.pause(
                        world.fault(0.01)
                                ? world.between(longest, Duration.ofSeconds(8))
                                : world.between(shortest, longest));
            }
        });
    }

    void freeze(Duration length) {
        world.freeze(machine, length);
    }

    /** Kills it, and returns the journal that the next process on its machine finds. */
    Journal kill() {
        world.kill(machine);
        return journal instanceof SimulatedJournal kept
                ? kept.reopened()
                : new NoJournal(new UUID(world.random.nextLong(), world.random.nextLong()));
    }

    /** Whether it holds no message any more. */
    boolean isQuiet() {
        return lanes.values().stream().allMatch(SimulatedNode::isQuiet);
    }

    private static boolean isQuiet(Lane lane) {
        try {
            return lane.awaitQuiet(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public String toString() {
        return "node " + journal.owner() + " with " + completer.size() + " outcomes to record";
    }

    @Override
    public void due(Channel lane) {
        heartbeat.due(lane);
    }

    @Override
    public void later(long runAt) {
        heartbeat.later(runAt);
    }

    /** Counts what it is told, and throws whatever can be thrown. */
    private record FailingListener(SimulatedWorld world) implements DispatcherListener {
        private void fail() {
            if (world.chance(0.5)) {
                throw new AssertionError("as the history wants it");
            }
            throw new IllegalStateException("as the history wants it");
        }

        @Override
        public void claimed(Channel channel, int count) {
            fail();
        }

        @Override
        public void attempted(Delivery delivery, SendResult result, Duration took) {
            fail();
        }

        @Override
        public void sent(Delivery delivery, Duration sinceAccepted) {
            fail();
        }

        @Override
        public void completed(Channel channel, MessageState state) {
            fail();
        }

        @Override
        public void stale(Channel channel, int count) {
            world.saw(SimulatedWorld.Sight.STALE);
            fail();
        }

        @Override
        public void rescued(int count) {
            world.saw(SimulatedWorld.Sight.RESCUED);
            fail();
        }

        @Override
        public void quarantined(Channel channel, int count) {
            world.saw(SimulatedWorld.Sight.QUARANTINED);
            fail();
        }

        @Override
        public void failed(Throwable problem) {
            fail();
        }
    }
}
