package dev.signalbox.delivery.queue;

import static java.util.Objects.requireNonNull;

import dev.signalbox.database.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One random history of two or three dispatchers, one database and three providers: a storm of {@link #STORM} in which messages
 * arrive while machines freeze and die, requests get lost or are carried out late, connections are not to be had, clocks are
 * wrong, providers fail, senders answer nothing, listeners throw and rows cannot be read; then calm until all is over.
 *
 * <p>What must hold: every message ends; it is never in two places, and its history is numbered without holes and has nothing
 * after its end; no attempt begins at a node that does not hold the message; a person is reached once at most; what is SENT
 * reached them, and what did not end as SENT or UNKNOWN did not; in the end no node holds anything.
 */
final class DispatchSimulation {
    private static final Duration STORM = Duration.ofSeconds(15);
    private static final Duration CALM = Duration.ofMinutes(10);
    private static final Duration KEY_LIFETIME = Duration.ofSeconds(8);

    /** An attempt begins in time by a clock that is late, may take its whole time to connect, and was dated by one that is ahead. */
    private static final Duration REMEMBERED =
            KEY_LIFETIME.plus(SimulatedProvider.TIMEOUT).plus(SimulatedNode.SKEW.multipliedBy(2));

    private final SimulatedWorld world;
    private final SimulatedTables tables;
    private final Database unused;
    private final Map<Channel, SimulatedProvider> providers;
    private final List<SimulatedNode> nodes = new ArrayList<>();

    /** @param unused a database that lanes want to have and, without limits, ask nothing */
    DispatchSimulation(long seed, Database unused, SimulatedTables.Flaw flaw) {
        this.world = new SimulatedWorld(seed);
        this.tables = new SimulatedTables(world, flaw);
        this.unused = unused;
        this.providers = Map.of(
                Channel.LIVE, provider(Channel.LIVE, Duration.ZERO, Duration.ZERO),
                Channel.SMS, provider(Channel.SMS, KEY_LIFETIME, REMEMBERED),
                Channel.EMAIL, provider(Channel.EMAIL, Duration.ZERO, Duration.ZERO));
    }

    private SimulatedProvider provider(Channel channel, Duration keyLifetime, Duration remembers) {
        return new SimulatedProvider(world, tables, channel, keyLifetime, remembers);
    }

    /** Runs the history; returns what it saw. */
    Map<SimulatedWorld.Sight, Integer> run() {
        try {
            prepare();
            world.runUntil(STORM, () -> false);
            world.calmDown();
            if (!world.runUntil(CALM, this::isOver)) {
                throw new AssertionError("never over: " + unfinished());
            }
            check();
            return world.sights();
        } finally {
            world.end();
        }
    }

    private void prepare() {
        for (int i = world.random.nextInt(2, 4); i > 0; i--) {
            UUID owner = id();
            start(world.chance(0.5) ? new SimulatedJournal(owner) : new NoJournal(owner));
        }
        for (int i = world.random.nextInt(4, 10); i > 0; i--) {
            Reach reach = reach();
            world.after(within(STORM), () -> tables.insert(reach, !world.chance(0.05)));
        }
        for (int i = world.random.nextInt(1, 5); i > 0; i--) {
            world.after(within(STORM), this::disturb);
        }
    }

    private void start(Journal journal) {
        SimulatedNode node = new SimulatedNode(
                world,
                unused,
                tables,
                List.of(provider(Channel.LIVE), provider(Channel.SMS), provider(Channel.EMAIL)),
                journal);
        nodes.add(node);
        node.start();
    }

    private SimulatedProvider provider(Channel channel) {
        return requireNonNull(providers.get(channel));
    }

    /** Freezes or kills a machine; after a while a process takes the place of one that died. */
    private void disturb() {
        SimulatedNode node = nodes.get(world.random.nextInt(nodes.size()));
        if (nodes.size() > 1 && world.chance(0.4)) {
            nodes.remove(node);
            Journal found = node.kill();
            world.after(within(Duration.ofSeconds(12)), () -> start(found));
        } else {
            node.freeze(world.between(Duration.ofMillis(100), Duration.ofSeconds(12)));
        }
    }

    private Duration within(Duration longest) {
        return world.between(Duration.ZERO, longest);
    }

    private UUID id() {
        return new UUID(world.random.nextLong(), world.random.nextLong());
    }

    private Reach reach() {
        Reach.Builder reach = Reach.to(channel(), "a").id(id()).body("body");
        if (world.chance(0.4)) {
            reach.within(world.between(Duration.ofMillis(100), Duration.ofSeconds(10)));
        }
        for (int i = world.random.nextInt(3); i > 0; i--) {
            reach.then(channel(), "b");
        }
        Instant at = Micros.instant(world.now()).plus(within(STORM));
        if (world.chance(0.2)) {
            reach.at(at);
        }
        if (world.chance(0.2)) {
            reach.expiresAt(at.plus(within(STORM)));
        }
        return reach.priority(world.random.nextInt(10))
                .maxAttempts(world.random.nextInt(1, 6))
                .build();
    }

    private Channel channel() {
        return switch (world.random.nextInt(5)) {
            case 0 -> Channel.LIVE;
            case 1, 2 -> Channel.EMAIL;
            default -> Channel.SMS;
        };
    }

    private boolean isOver() {
        return tables.isOver() && nodes.stream().allMatch(SimulatedNode::isQuiet);
    }

    /** The messages that have not ended, and the nodes that hold some. */
    private String unfinished() {
        List<String> left = new ArrayList<>();
        for (Reach reach : tables.reaches()) {
            if (!tables.state(reach.id()).isFinal()) {
                left.add(reach + " " + tables.history(reach.id()));
            }
        }
        nodes.stream().filter(node -> !node.isQuiet()).forEach(node -> left.add(node.toString()));
        return String.join("; ", left);
    }

    private void check() {
        tables.checkPlaces();
        for (Reach reach : tables.reaches()) {
            MessageState state = tables.state(reach.id());
            // A client that was cut off may see a message that goes on to the next step; that is documented.
            int reached = provider(Channel.SMS).delivered(reach.id())
                    + provider(Channel.EMAIL).delivered(reach.id());
            int seen = provider(Channel.LIVE).delivered(reach.id());
            require(reached <= 1, reach, "reached the person " + reached + " times");
            switch (state) {
                case SENT -> {
                    world.saw(SimulatedWorld.Sight.SENT);
                    require(reached + seen > 0, reach, "is SENT and reached nobody");
                }
                case UNKNOWN -> world.saw(SimulatedWorld.Sight.PARKED);
                default -> require(reached == 0, reach, "is " + state + " and reached the person");
            }
        }
    }

    private void require(boolean promise, Reach reach, String otherwise) {
        if (!promise) {
            throw new AssertionError(reach + " " + otherwise + ": " + tables.history(reach.id()));
        }
    }
}
