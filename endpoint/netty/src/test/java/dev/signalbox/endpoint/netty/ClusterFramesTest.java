package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterOptions;
import dev.signalbox.router.Connection;
import dev.signalbox.router.MemoryBroker;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a client is told that other nodes did not take, or lost, as docs/protocol.md says. */
class ClusterFramesTest extends WireFixture {
    private static final String SECRET = "a secret of the tests, long enough";
    private static final Address.Logic SERVER = Address.logic("server");

    private final MemoryBroker broker = MemoryBroker.create();
    private final Router other = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));
    private final Cluster cluster = other.join(broker.link("test"), ClusterOptions.of("other", SECRET));
    private final OutboxFixture clients = new OutboxFixture();

    @Override
    void prepare(Router router) {
        router.authorize((principal, operation, address) -> true);
        router.join(broker.link("test"), ClusterOptions.of("one", SECRET));
    }

    private void open() {
        other.attach(clients);
        open(Transport.NIO, OPTIONS);
        await().atMost(SOON).until(() -> cluster.nodes().size() == 2);
    }

    @AfterEach
    void closeOther() {
        other.close();
    }

    /** Somebody who reads nothing. */
    private static final class Full implements Connection {
        @Override
        public boolean offer(Message message) {
            return false;
        }

        @Override
        public void refused(UUID message, RouteError error) {
            throw new AssertionError(error.message());
        }

        @Override
        public void close(CloseReason reason) {
            // It has nothing to close.
        }

        @Override
        public String remoteAddress() {
            return "test";
        }
    }

    private static void say(RawClient client, String json) throws IOException {
        client.send(RawClient.frame(RawClient.FIN | RawClient.TEXT, json));
    }

    @Test
    void aLaterRefusalIsToldByTheMessagesId() throws IOException {
        open();
        clients.gateway().connect(new Principal("bob", Map.of()), new Full());
        RawClient alice = client("alice");
        await().atMost(SOON)
                .until(() -> router().cluster().orElseThrow().elsewhere("bob").size() == 1);

        say(alice, "{\"type\":\"send\",\"id\":\"1\",\"to\":\"client:bob\",\"text\":\"hello\"}");

        JsonNode first = alice.next().json();
        JsonNode second = alice.next().json();
        // The other node may be quicker than the answer.
        boolean inOrder = first.get("type").asString().equals("ok");
        JsonNode ok = inOrder ? first : second;
        JsonNode error = inOrder ? second : first;
        assertThat(ok.get("type").asString()).isEqualTo("ok");
        assertThat(error.get("type").asString()).isEqualTo("error");
        assertThat(error.get("refused").asString()).isEqualTo(ok.get("message").asString());
        assertThat(error.get("code").asString()).isEqualTo("slow-consumer");
        assertThat(error.get("target").asString()).isEqualTo("client:bob");
    }

    @Test
    void whatIsMissingFromATopicIsToldBeforeWhatComesNext() throws IOException {
        open();
        RawClient alice = client("alice");
        say(alice, "{\"type\":\"subscribe\",\"id\":\"1\",\"topic\":\"news\"}");
        assertThat(alice.next().json().get("type").asString()).isEqualTo("ok");
        await().atMost(SOON).until(() -> {
            publish("first");
            return router().topic("news").orElseThrow().last() > 0;
        });

        broker.stop();
        await().atMost(SOON).until(() -> cluster.problem().isPresent());
        publish("lost");
        broker.start();
        await().atMost(SOON).until(() -> cluster.problem().isEmpty());
        publish("last");

        List<String> seen = new ArrayList<>();
        while (!seen.contains("last")) {
            JsonNode frame = alice.next().json();
            seen.add(
                    frame.get("type").asString().equals("gap")
                            ? "gap"
                            : frame.get("text").asString());
        }
        assertThat(seen).endsWith("gap", "last").doesNotContain("lost").startsWith("first");
    }

    private void publish(String text) {
        other.send(Message.of(SERVER, Address.topic("news"), Payload.text(text)));
    }
}
