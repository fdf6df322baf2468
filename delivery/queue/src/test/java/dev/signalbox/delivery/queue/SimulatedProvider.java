package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;

/**
 * The provider of one channel, as the world sees it: what reached people. Its answers may get lost, come late, or be those of a
 * sender with faults: null, an Error, no answer within its time.
 */
final class SimulatedProvider {
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final SimulatedWorld world;
    private final SimulatedTables tables;
    private final Channel channel;
    private final Duration keyLifetime;
    private final Duration remembers;
    private final Map<String, Long> keys = new HashMap<>();
    private final Map<UUID, Integer> delivered = new HashMap<>();

    /**
     * @param keyLifetime what senders say; zero for a provider without keys
     * @param remembers how long it really recognises a key: an attempt may begin at the last moment, by a clock that is late
     */
    SimulatedProvider(
            SimulatedWorld world, SimulatedTables tables, Channel channel, Duration keyLifetime, Duration remembers) {
        this.world = world;
        this.tables = tables;
        this.channel = channel;
        this.keyLifetime = keyLifetime;
        this.remembers = remembers;
    }

    /** How often it reached the person. */
    int delivered(UUID id) {
        return delivered.getOrDefault(id, 0);
    }

    /** The sender of one node. */
    Sender sender(String owner) {
        return new Adapter(owner);
    }

    private boolean knows(Delivery delivery) {
        Long since = keys.get(delivery.idempotencyKey());
        return since != null && world.now() < since + Micros.of(remembers);
    }

    private void deliver(Delivery delivery) {
        if (!knows(delivery)) {
            keys.put(delivery.idempotencyKey(), world.now());
            delivered.merge(delivery.id(), 1, Integer::sum);
        }
    }

    private final class Adapter implements Sender {
        private final String owner;

        Adapter(String owner) {
            this.owner = owner;
        }

        @Override
        public SendResult send(Delivery delivery) {
            connect();
            if (world.fault(0.05)) {
                return new SendResult.NotSent(
                        "no connection", world.chance(0.5) ? Optional.empty() : Optional.of(Duration.ofMillis(700)));
            }
            if (!delivery.mayBegin()) {
                world.saw(SimulatedWorld.Sight.DENIED);
                return new SendResult.NotSent("its time is over", Optional.empty());
            }
            firstByte(delivery);
            return world.fault(0.4) ? trouble(delivery) : accept(delivery);
        }

        /** Now and then as long as its time allows, and longer. */
        private void connect() {
            world.pause(
                    world.fault(0.05)
                            ? world.between(Duration.ZERO, TIMEOUT.multipliedBy(4))
                            : world.between(Duration.ofMillis(1), Duration.ofMillis(20)));
        }

        /** From here on the person may get it, so nobody else may hold it. */
        private void firstByte(Delivery delivery) {
            if (!tables.holds(owner, delivery.id(), delivery.attempt())) {
                world.violated("attempt " + delivery.attempt() + " of " + delivery.id()
                        + " begins at a node that does not hold it any more");
            }
            if (!tables.isReadable(delivery.id())) {
                world.violated(delivery.id() + " is sent although nobody can read it");
            }
        }

        private SendResult accept(Delivery delivery) {
            deliver(delivery);
            connect();
            return new SendResult.Accepted(Optional.of(delivery.idempotencyKey()));
        }

        private SendResult trouble(Delivery delivery) {
            return switch (world.random.nextInt(6)) {
                case 0 -> new SendResult.NotSent("401", Optional.empty(), SendResult.Scope.ACCOUNT);
                case 1 -> knows(delivery) ? accept(delivery) : new SendResult.Rejected("never");
                case 2 -> {
                    accept(delivery);
                    yield new SendResult.Unknown("delivered, no answer");
                }
                case 3 -> {
                    connect();
                    yield new SendResult.Unknown("not delivered, no answer");
                }
                case 4 -> {
                    accept(delivery);
                    yield nothing();
                }
                default -> {
                    accept(delivery);
                    throw new StackOverflowError("as the history wants it");
                }
            };
        }

        @Override
        public Channel channel() {
            return channel;
        }

        @Override
        public Duration timeout() {
            return TIMEOUT;
        }

        @Override
        public int concurrency() {
            return 2;
        }

        @Override
        public Duration keyLifetime() {
            return keyLifetime;
        }

        /** An unanswered client counts as not reached. */
        @Override
        public boolean leavesDoubt() {
            return !channel.equals(Channel.LIVE);
        }

        @Override
        public boolean sharesProvider() {
            return true;
        }
    }

    /** What the compiler would not let a sender say, but nothing else prevents. */
    @NullUnmarked
    private static SendResult nothing() {
        return null;
    }
}
