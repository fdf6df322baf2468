package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of three nodes: clients come, go and send while the broker stops, nodes fall silent or deaf, and envelopes come twice.
 * Each message arrives at most once at each connection, those of one sender in order; no message is handled by logic twice; and once all is
 * well again, all nodes know the same of sessions and of who is in which room.
 */
@Timeout(600)
class ClusterSimulationTest {
    private static final int STEPS = 400;
    private static final int USERS = 8;
    private static final int ROOMS = 3;
    private static final Address.Logic WORK = Address.logic("work");

    static LongStream seeds() {
        return Effort.seeds(8);
    }

    /** One connection of a user. */
    private record Client(String user, ClusterFixture.Node node, ClientSession session, FakeConnection connection) {}

    private final ClusterFixture fixture = new ClusterFixture();
    private final List<Client> clients = new ArrayList<>();
    private final List<Client> all = new ArrayList<>();
    private final Queue<UUID> handled = new ConcurrentLinkedQueue<>();
    private int count;

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensNothingComesTwiceOrOutOfOrder(long seed) {
        Random random = new Random(seed);
        try (fixture) {
            for (String name : List.of("one", "two", "three")) {
                fixture.node(name, options -> options.withBuffer(random.nextBoolean()));
            }
            for (ClusterFixture.Node node : fixture.nodes.subList(1, 3)) {
                node.router.add("work", new Logic.Worker((message, context) -> handled.add(message.id()), 100_000));
            }
            fixture.settle();
            for (int i = 0; i < STEPS; i++) {
                step(random);
            }
            heal();
            assertThatAllIsWell(Effort.replay(ClusterSimulationTest.class, seed));
        }
    }

    private void step(Random random) {
        switch (random.nextInt(100)) {
            case 0 -> fixture.broker.stop();
            case 1, 2, 3 -> fixture.broker.start();
            case 4 -> node(random).link.mute = true;
            case 5 -> node(random).link.deaf = true;
            case 6, 7, 8 -> hear(node(random));
            case 9 -> node(random).link.doubles = random.nextBoolean();
            case 10 -> fixture.clock.advance(Duration.ofSeconds(random.nextInt(1, 4)));
            case 11, 12, 13, 14, 15, 16 -> connect(random);
            case 17, 18, 19 -> disconnect(random);
            case 20, 21, 22, 23, 24, 25, 26, 27 -> enter(random);
            case 28, 29, 30 -> leave(random);
            default -> send(random);
        }
    }

    private ClusterFixture.Node node(Random random) {
        return fixture.nodes.get(random.nextInt(fixture.nodes.size()));
    }

    private static void hear(ClusterFixture.Node node) {
        node.link.mute = false;
        node.link.deaf = false;
    }

    private void connect(Random random) {
        String user = "user" + random.nextInt(USERS);
        ClusterFixture.Node node = node(random);
        FakeConnection connection = new FakeConnection();
        Client client = new Client(user, node, node.connect(user, connection), connection);
        clients.add(client);
        all.add(client);
    }

    private void disconnect(Random random) {
        if (!clients.isEmpty()) {
            clients.remove(random.nextInt(clients.size())).session().disconnected(CloseReason.GONE);
        }
    }

    private static String room(Random random) {
        return ClusterFixture.ROOMS + random.nextInt(ROOMS);
    }

    private void enter(Random random) {
        if (!clients.isEmpty()) {
            clients.get(random.nextInt(clients.size())).session().subscribe(room(random), new TopicStart.Now());
        }
    }

    private void leave(Random random) {
        if (!clients.isEmpty()) {
            clients.get(random.nextInt(clients.size())).session().unsubscribe(room(random));
        }
    }

    private void send(Random random) {
        if (clients.isEmpty()) {
            return;
        }
        Client from = clients.get(random.nextInt(clients.size()));
        Address target = random.nextInt(4) == 0 ? WORK : Address.client("user" + random.nextInt(USERS));
        count++;
        from.session().send(draft(target, String.valueOf(count)));
    }

    private void heal() {
        fixture.nodes.forEach(ClusterSimulationTest::hear);
        fixture.broker.start();
        eventually()
                .until(() -> fixture.nodes.stream()
                        .allMatch(each -> each.cluster.problem().isEmpty()));
        fixture.passUntil(Duration.ofMinutes(1), this::requireAgreement);
        fixture.passUntil(Duration.ofMinutes(1), this::requireAgreementOnPresence);
    }

    /** All nodes tell of each room the users who have a session in it on any node, and no other. */
    private void requireAgreementOnPresence() {
        for (int room = 0; room < ROOMS; room++) {
            String name = ClusterFixture.ROOMS + room;
            Set<String> users = new TreeSet<>();
            for (Client client : clients) {
                UUID session = client.session().info().id();
                if (client.node().router.subscriptions(session).contains(name)) {
                    users.add(client.user());
                }
            }
            for (ClusterFixture.Node node : fixture.nodes) {
                // At once: who has still to be asked is known in the next round.
                assertThat(node.router.presence(name, "", 100).toCompletableFuture())
                        .as("%s on %s", name, node.name)
                        .isCompletedWithValue(
                                new ClientSession.Presence.Present(List.copyOf(users), users.size(), true));
            }
        }
    }

    /** All nodes know all sessions that there are, and no other. */
    private void requireAgreement() {
        Set<UUID> ids = new HashSet<>();
        clients.forEach(each -> ids.add(each.session().info().id()));
        for (ClusterFixture.Node node : fixture.nodes) {
            Set<UUID> known = new HashSet<>();
            node.router.sessions().forEach(each -> known.add(each.id()));
            node.cluster.elsewhere().forEach(each -> known.add(each.session().id()));
            assertThat(known).isEqualTo(ids);
        }
    }

    private void assertThatAllIsWell(String replay) {
        for (Client client : all) {
            assertThatEachSenderIsInOrder(client, replay);
        }
        assertThat(handled).as(replay).doesNotHaveDuplicates();
        reachEachOther(replay);
    }

    /** What is sent is counted, so that growing numbers are in order and not repeated. */
    private static void assertThatEachSenderIsInOrder(Client client, String replay) {
        Map<Optional<Address.Session>, Integer> last = new HashMap<>();
        for (Message message : client.connection().offered) {
            int number = Integer.parseInt(message.payload().toString());
            assertThat(number).as(replay).isGreaterThan(last.getOrDefault(message.origin(), 0));
            last.put(message.origin(), number);
        }
    }

    private void reachEachOther(String replay) {
        Map<Client, List<String>> sent = new HashMap<>();
        for (Client client : clients) {
            for (ClusterFixture.Node node : fixture.nodes) {
                String text = String.valueOf(++count);
                Address to = client.session().info().address();
                assertThat(node.router.send(RouterFixture.to(to, text)).complete())
                        .as(replay)
                        .isTrue();
                sent.computeIfAbsent(client, same -> new ArrayList<>()).add(text);
            }
        }
        sent.forEach((client, texts) -> eventually()
                .until(() -> RouterFixture.texts(client.connection()).containsAll(texts)));
    }
}
