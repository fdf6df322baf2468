package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Address;
import dev.signalbox.router.ClientGateway.Admission;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterListener;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.SessionStart;
import dev.signalbox.router.TopicInfo;
import dev.signalbox.router.TopicPolicy;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * One event loop, its connections and a router, driven step by step from a seed: publishing, subscribing, lagging, losing the
 * connection, coming back to the same session or to a new one.
 * Each client checks all that it sees: see {@link SimulatedClient}.
 */
final class TopicSimulation implements AutoCloseable {
    private static final Address.Logic SERVER = Address.logic("server");
    private static final List<String> TOPICS = List.of("a", "b", "c", "keyed");
    private static final int CLIENTS = 5;
    private static final int STEPS = 1_500;

    final Random random;
    final OutboxFixture endpoint = new OutboxFixture();
    final EmbeddedChannel loop = new EmbeddedChannel();
    final LoopOutbox outbox;
    final Router router;
    private final List<SimulatedClient> clients = new ArrayList<>();
    /** By epoch and offset, what was published. */
    private final Map<UUID, Map<Long, String>> published = new HashMap<>();

    private final Map<UUID, Map<Long, String>> keys = new HashMap<>();

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Set<Integer> toAll = new HashSet<>();
    private int sequence;
    int gaps;
    int resumed;
    int refused;
    int passed;
    int joined;
    int conflated;

    TopicSimulation(long seed) {
        random = new Random(seed);
        TopicPolicy small = new TopicPolicy(6, 100_000, Duration.ofSeconds(8), TopicPolicy.SlowConsumer.GAP);
        RouterOptions options = RouterOptions.defaults()
                .withDrain(Duration.ZERO)
                // Never over within a run: when timers run does not depend on the seed.
                .withResume(new RouterOptions.Resume(Duration.ofDays(1), 100, 100_000, 64 << 20))
                .withTopics(new RouterOptions.Topics(
                        100, 100, List.of(new RouterOptions.TopicRule("keyed", small.conflatingBy("key"))), small));
        router = Router.create(options, RouterListener.NONE, () -> now);
        router.authorize((principal, operation, address) -> true);
        router.attach(endpoint);
        outbox = endpoint.outbox(loop.eventLoop());
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new SimulatedClient("client" + i, this));
        }
    }

    void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        settle();
        clients.forEach(SimulatedClient::assertComplete);
    }

    private void step() {
        SimulatedClient client = clients.get(random.nextInt(CLIENTS));
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        switch (random.nextInt(26)) {
            case 0, 1, 2, 3, 4, 5 -> publish(topic);
            case 6, 7 -> send(Address.ALL);
            case 8, 9 -> client.expectDirect(send(Address.client(client.name())));
            case 10, 11 -> client.toggleWritable();
            case 12, 13, 14 -> client.subscribe(topic);
            case 15 -> client.unsubscribe(topic);
            case 16 -> client.reconnect();
            case 17 -> client.lose();
            case 18, 19 -> client.comeBackIfAway();
            case 20 -> now = now.plusMillis(random.nextInt(6_000));
            case 21 -> publishVolatile(topic);
            case 22 -> client.isSubscribedByTheServer(topic);
            case 23 -> client.isUnsubscribedByTheServer(topic);
            default -> turn();
        }
    }

    private void publish(String topic) {
        String text = topic + " " + sequence++ + " " + "x".repeat(random.nextInt(4) == 0 ? 3_000 : 10);
        String key = "key" + random.nextInt(3);
        Message message = Message.of(SERVER, Address.topic(topic), Payload.text(text));
        assertThat(router.send(message.withHeader("key", key)).complete()).isTrue();
        TopicInfo info = router.topic(topic).orElseThrow();
        published.computeIfAbsent(info.epoch(), epoch -> new HashMap<>()).put(info.last(), text);
        keys.computeIfAbsent(info.epoch(), epoch -> new HashMap<>()).put(info.last(), key);
    }

    private void publishVolatile(String topic) {
        Message message = Message.of(SERVER, Address.topic(topic), Payload.text(String.valueOf(sequence++)));
        assertThat(router.publishVolatile(message)).isEqualTo(new ClientSession.Publishing.Passed());
    }

    /** Each message from one offset to before another has a newer one with the same key. */
    void assertHasNewer(UUID epoch, long from, long before) {
        Map<Long, String> known = Objects.requireNonNull(keys.get(epoch));
        for (long offset = from; offset < before; offset++) {
            long left = offset;
            assertThat(known.entrySet())
                    .as("a newer message with the key of %s", left)
                    .anyMatch(each -> each.getKey() > left && each.getValue().equals(known.get(left)));
        }
        conflated++;
    }

    /** Its number, or -1 if nobody took it. */
    private int send(Address target) {
        int number = sequence++;
        Message message = Message.of(SERVER, target, Payload.text(String.valueOf(number)));
        if (target instanceof Address.All) {
            toAll.add(number);
        }
        return router.send(message).accepted() > 0 ? number : -1;
    }

    boolean isToAll(int number) {
        return toAll.contains(number);
    }

    /** The event loop gets its turn, and clients read what came. */
    private void turn() {
        loop.runPendingTasks();
        clients.forEach(SimulatedClient::read);
    }

    private void settle() {
        clients.forEach(SimulatedClient::comeBackIfAway);
        clients.forEach(SimulatedClient::makeWritable);
        for (int i = 0; i < 20; i++) {
            turn();
        }
    }

    String published(UUID epoch, long offset) {
        return Objects.requireNonNull(
                Objects.requireNonNull(published.get(epoch)).get(offset));
    }

    /** Connects a user over a channel of its own. */
    ClientSession connect(String user, ClientConnection connection, SessionStart start) {
        return ((Admission.Admitted) endpoint.gateway().connect(new Principal(user, Map.of()), connection, start))
                .session();
    }

    @Override
    public void close() {
        clients.forEach(SimulatedClient::end);
        loop.runPendingTasks();
        loop.finishAndReleaseAll();
        router.close();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
