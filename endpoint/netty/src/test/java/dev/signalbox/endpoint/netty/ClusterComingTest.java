package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.ClientGateway.Admission;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.ClusterOptions;
import dev.signalbox.router.Connection;
import dev.signalbox.router.MemoryBroker;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.SessionStart;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A WebSocket client on one node of a cluster finds what is the cluster's: topics with one history, and its session. */
class ClusterComingTest extends WireFixture {
    private static final String SECRET = "a secret of the tests, long enough";
    private static final Address.Logic SERVER = Address.logic("server");
    private static final RouterOptions ROUTING = RouterOptions.defaults()
            .withDrain(Duration.ZERO)
            .withTopics(new RouterOptions.Topics(
                    100, 100, List.of(), TopicPolicy.DEFAULT.withScope(TopicPolicy.Scope.CLUSTER)));

    private final MemoryBroker broker = MemoryBroker.create();
    private final Router other = Router.create(ROUTING);
    private final OutboxFixture clients = new OutboxFixture();

    /** Answers on a thread of its own, as the client of a store does. */
    private record Later(TopicHistory history) implements TopicHistory {
        @Override
        public int maxBytes() {
            return history.maxBytes();
        }

        @Override
        public CompletionStage<Appended> append(Append append) {
            return later(() -> history.append(append));
        }

        @Override
        public CompletionStage<Optional<Page>> read(String topic, long after, int maxBytes) {
            return later(() -> history.read(topic, after, maxBytes));
        }

        private static <T> CompletionStage<T> later(Supplier<CompletionStage<T>> asking) {
            return CompletableFuture.supplyAsync(asking, Thread::startVirtualThread)
                    .thenCompose(answer -> answer);
        }

        @Override
        public void close() {
            history.close();
        }
    }

    /** It is lost at once. */
    private static final class Lost implements Connection {
        @Override
        public boolean offer(Message message) {
            return false;
        }

        @Override
        public void close(CloseReason reason) {
            // It is closed.
        }

        @Override
        public String remoteAddress() {
            return "test";
        }
    }

    @Override
    void prepare(Router router) {
        join(router, "one");
    }

    private void join(Router router, String name) {
        router.authorize((principal, operation, address) -> true);
        router.join(broker.link("test"), ClusterOptions.of(name, SECRET), new Later(broker.history("test")));
    }

    private void open() {
        join(other, "other");
        other.attach(clients);
        open(Transport.NIO, OPTIONS, ROUTING);
        await().atMost(SOON)
                .until(() -> router().cluster().orElseThrow().nodes().size() == 2
                        && other.cluster().orElseThrow().nodes().size() == 2);
    }

    @AfterEach
    void closeOther() {
        other.close();
    }

    private static void say(RawClient client, String json) throws IOException {
        client.send(RawClient.frame(RawClient.FIN | RawClient.TEXT, json));
    }

    private static String field(JsonNode frame, String name) {
        return frame.get(name).asString();
    }

    @Test
    void aTopicIsSubscribedToAndPublishedToOnceItsHistoryHasAnswered() throws IOException {
        open();
        RawClient alice = client("alice");

        say(alice, "{\"type\":\"subscribe\",\"id\":\"1\",\"topic\":\"news\"}");
        JsonNode subscribed = alice.next().json();
        assertThat(field(subscribed, "id")).isEqualTo("1");
        assertThat(subscribed.get("recovered").asBoolean()).isTrue();
        long begin = subscribed.get("offset").asLong();

        say(alice, "{\"type\":\"publish\",\"id\":\"2\",\"topic\":\"news\",\"text\":\"hello\"}");
        List<JsonNode> frames =
                new ArrayList<>(List.of(alice.next().json(), alice.next().json()));
        frames.sort((one, two) -> field(two, "type").compareTo(field(one, "type")));
        assertThat(frames).extracting(frame -> field(frame, "type")).containsExactly("ok", "message");
        assertThat(field(frames.getFirst(), "epoch")).isEqualTo(field(subscribed, "epoch"));
        assertThat(frames).extracting(frame -> frame.get("offset").asLong()).containsOnly(begin + 1);

        other.send(Message.of(SERVER, Address.topic("news"), Payload.text("from elsewhere")));
        JsonNode last = alice.next().json();
        assertThat(field(last, "text")).isEqualTo("from elsewhere");
        assertThat(last.get("offset").asLong()).isEqualTo(begin + 2);
    }

    @Test
    void aSessionIsFoundThatAnotherNodeHas() throws IOException {
        open();
        Admission admission =
                clients.gateway().connect(new Principal("alice", Map.of()), new Lost(), new SessionStart.Resumable());
        ClientSession session = ((Admission.Admitted) admission).session();
        session.lost(CloseReason.GONE, Map.of());
        other.send(Message.of(SERVER, Address.client("alice"), Payload.text("waiting")));
        await().atMost(SOON)
                .until(() -> router().cluster().orElseThrow().elsewhere("alice").size() == 1);

        RawClient client = dial();
        String token = session.resumption().orElseThrow().token();
        assertThat(client.upgrade("/ws?access_token=alice&resume=" + token).status())
                .isEqualTo(101);

        JsonNode welcome = client.next().json();
        assertThat(welcome.get("resume").get("resumed").asBoolean()).isTrue();
        assertThat(field(welcome, "session")).isEqualTo(session.info().id().toString());
        assertThat(field(client.next().json(), "text")).isEqualTo("waiting");
        assertThat(other.session(session.info().id())).isEmpty();
    }
}
