package dev.signalbox.server.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.Authorizer.Operation;
import dev.signalbox.router.Principal;
import dev.signalbox.router.TopicGrants;
import dev.signalbox.router.TopicPolicy;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.node.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Topics as an operator configures them, and as clients of a whole server use them. */
class ServerTopicTest {
    private static final List<String> RULES = List.of(
            "topics.rules.0.name=news",
            "topics.rules.0.publish=alice editor",
            "topics.rules.0.subscribe=*",
            "topics.rules.1.name=rooms/*",
            "topics.rules.1.subscribe=bob",
            "topics.rules.1.history.count=2",
            "topics.rules.1.history.size=4KiB",
            "topics.rules.1.history.age=1h",
            "topics.rules.1.slow=disconnect",
            "topics.rules.1.presence=true",
            "topics.rules.1.conflate=symbol",
            "topics.rules.2.name=*",
            "topics.rules.2.publish=*");

    @TempDir
    Path folder;

    private static TopicSettings settings(List<String> sets) {
        return SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets).values(TopicSettings::read);
    }

    private static boolean allows(TopicSettings settings, String user, Operation operation, String topic) {
        return settings.allows(new Principal(user, Map.of()), operation, Address.topic(topic));
    }

    @Test
    void theFirstRuleThatFitsCounts() {
        TopicSettings settings = settings(RULES);

        assertThat(allows(settings, "alice", Operation.PUBLISH, "news")).isTrue();
        assertThat(allows(settings, "bob", Operation.PUBLISH, "news"))
                .as("the third rule is not asked")
                .isFalse();
        assertThat(allows(settings, "bob", Operation.SUBSCRIBE, "news")).isTrue();
        assertThat(allows(settings, "bob", Operation.SUBSCRIBE, "rooms/7")).isTrue();
        assertThat(allows(settings, "bob", Operation.PUBLISH, "rooms/7")).isFalse();
        assertThat(allows(settings, "carol", Operation.PUBLISH, "newsletter")).isTrue();
        assertThat(allows(settings, "carol", Operation.SUBSCRIBE, "newsletter")).isFalse();
        assertThat(settings.options().rules().get(1).policy())
                .isEqualTo(new TopicPolicy(2, 4_096, Duration.ofHours(1), TopicPolicy.SlowConsumer.DISCONNECT)
                        .withPresence(true)
                        .conflatingBy("symbol"));
        assertThat(settings.options().rules().getFirst().policy()).isEqualTo(TopicPolicy.DEFAULT);
    }

    @Test
    void aTokenGrantsWhatTheRulesDoNot() {
        TopicSettings settings = settings(RULES);
        Principal dora = new Principal(
                "dora", Map.of(), Optional.empty(), new TopicGrants(List.of("rooms/7"), List.of("rooms/*", "news")));

        assertThat(settings.allows(dora, Operation.PUBLISH, Address.topic("rooms/7")))
                .isTrue();
        assertThat(settings.allows(dora, Operation.PUBLISH, Address.topic("rooms/77")))
                .isFalse();
        assertThat(settings.allows(dora, Operation.SUBSCRIBE, Address.topic("rooms/77")))
                .isTrue();
        assertThat(settings.allows(dora, Operation.PUBLISH, Address.topic("news")))
                .as("a grant to subscribe is none to publish")
                .isFalse();
        assertThat(settings.allows(dora, Operation.PUBLISH, Address.topic("letters")))
                .as("the rules still count")
                .isTrue();
    }

    @Test
    void aPatternIsAllowedIfAllOfItsTopicsAre() {
        TopicSettings settings = settings(List.of(
                "topics.rules.0.name=rooms/secret",
                "topics.rules.0.subscribe=alice",
                "topics.rules.1.name=rooms/*",
                "topics.rules.1.subscribe=alice bob",
                "topics.rules.2.name=news",
                "topics.rules.2.subscribe=*"));

        assertThat(allows(settings, "alice", Operation.SUBSCRIBE, "rooms/*")).isTrue();
        assertThat(allows(settings, "bob", Operation.SUBSCRIBE, "rooms/*"))
                .as("one of them is not for bob")
                .isFalse();
        assertThat(allows(settings, "bob", Operation.SUBSCRIBE, "rooms/7*")).isTrue();
        assertThat(allows(settings, "alice", Operation.SUBSCRIBE, "ro*"))
                .as("the others have no rule")
                .isFalse();
        assertThat(allows(settings, "carol", Operation.SUBSCRIBE, "news*")).isFalse();
        Principal dora =
                new Principal("dora", Map.of(), Optional.empty(), new TopicGrants(List.of(), List.of("rooms/*")));
        assertThat(settings.allows(dora, Operation.SUBSCRIBE, Address.topic("rooms/7*")))
                .isTrue();
        assertThat(settings.allows(dora, Operation.SUBSCRIBE, Address.topic("room*")))
                .isFalse();
    }

    @Test
    void aPatternBringsTheMessagesOfItsTopicsWithTheirNames() throws Exception {
        try (Server server = start();
                TestClient alice = client(server, "alice");
                TestClient bob = client(server, "bob")) {
            CompletableFuture<JsonNode> subscribed = bob.answer("s");
            bob.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"rooms/*\"}");
            assertThat(subscribed.get(30, TimeUnit.SECONDS).path("type").asString())
                    .isEqualTo("ok");
            for (String room : List.of("rooms/1", "rooms/2", "news", "rooms/1")) {
                alice.say("{\"type\":\"publish\",\"topic\":\"" + room + "\",\"text\":\"x\"}");
            }

            await().until(() -> bob.messages().size() == 3);
            assertThat(bob.messages())
                    .extracting(each -> text(each, "in"))
                    .containsExactly("rooms/1", "rooms/2", "rooms/1");
            assertThat(bob.messages()).extracting(each -> text(each, "topic")).containsOnly("rooms/*");
            assertThat(bob.messages())
                    .extracting(each -> each.path("offset").asLong())
                    .containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void withoutRulesClientsUseNoTopicAndSendAsEver() {
        TopicSettings none = settings(List.of());

        assertThat(allows(none, "alice", Operation.SUBSCRIBE, "news")).isFalse();
        assertThat(allows(none, "alice", Operation.PUBLISH, "news")).isFalse();
        assertThat(none.allows(new Principal("alice", Map.of()), Operation.SEND, Address.ALL))
                .isTrue();
        assertThat(none.options().max()).isEqualTo(10_000);
        assertThat(none.options().perSession()).isEqualTo(100);
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(() -> settings(List.of("topics.rules.0.publish=*", "topics.max=0")))
                .hasMessageContaining("topics.rules.0.name")
                .hasMessageContaining("topics.max");
        assertThatThrownBy(() -> settings(List.of("topics.rules.0.name=a*b"))).hasMessageContaining("asterisk");
    }

    @Test
    void clientsPublishAndSubscribeAsTheRulesSay() {
        try (Server server = start();
                TestClient alice = client(server, "alice");
                TestClient bob = client(server, "bob")) {
            bob.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"news\",\"offset\":0}");
            bob.say("{\"type\":\"publish\",\"topic\":\"news\",\"text\":\"not allowed\"}");
            alice.say("{\"type\":\"publish\",\"topic\":\"news\",\"text\":\"one\",\"key\":\"k\"}");
            alice.say("{\"type\":\"publish\",\"topic\":\"news\",\"text\":\"again\",\"key\":\"k\"}");
            alice.say("{\"type\":\"send\",\"to\":\"topic:news\",\"text\":\"two\"}");

            await().until(() -> bob.messages().size() == 2);
            assertThat(bob.messages()).extracting(each -> text(each, "text")).containsExactly("one", "two");
            assertThat(bob.messages()).extracting(each -> text(each, "topic")).containsOnly("news");
            assertThat(bob.messages())
                    .extracting(each -> each.path("offset").asLong())
                    .containsExactly(1L, 2L);
        }
    }

    private static String text(JsonNode message, String field) {
        return message.path(field).asString();
    }

    private Server start() {
        List<String> sets = new ArrayList<>(RULES);
        sets.add("topics.rules.1.publish=alice");
        sets.addAll(List.of("data.folder=" + folder, "control.port=0", "clients.port=0"));
        for (String user : List.of("alice", "bob")) {
            int i = user.equals("alice") ? 0 : 1;
            sets.add("clients.tokens." + i + ".client=" + user);
            sets.add("clients.tokens." + i + ".token=the-token-of-" + user);
        }
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private static TestClient client(Server server, String user) {
        return new TestClient(server.address("clients"), "the-token-of-" + user, TestClient::ack);
    }
}
