package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A WebSocket client comes back to its session, as docs/protocol.md says. */
class ResumeTest extends WireFixture {
    private static final Address.Logic SERVER = Address.logic("server");

    /** A client, and what it was welcomed with. */
    private record Welcomed(RawClient client, JsonNode welcome) {
        JsonNode resume() {
            return welcome.get("resume");
        }

        String token() {
            return resume().get("token").asString();
        }

        UUID session() {
            return UUID.fromString(welcome.get("session").asString());
        }

        void say(String json) throws IOException {
            client.send(RawClient.frame(RawClient.FIN | RawClient.TEXT, json));
        }
    }

    private Welcomed begin() throws IOException {
        RawClient client = dial();
        assertThat(client.upgrade("/ws?access_token=alice&resume=new").status()).isEqualTo(101);
        return new Welcomed(client, client.next().json());
    }

    private Welcomed resume(String token, String seen) throws IOException {
        RawClient client = dial();
        assertThat(client.upgrade("/ws").status()).isEqualTo(101);
        client.send(RawClient.frame(
                RawClient.FIN | RawClient.TEXT,
                "{\"type\":\"auth\",\"token\":\"alice\",\"resume\":\"" + token + "\",\"seen\":{" + seen + "}}"));
        return new Welcomed(client, client.next().json());
    }

    private void send(Address to, String text) {
        assertThat(router().send(Message.of(SERVER, to, Payload.text(text))).complete())
                .isTrue();
    }

    private void awaitLoss(Welcomed welcomed) {
        await().atMost(SOON)
                .until(() -> router().session(welcomed.session())
                        .filter(info -> !info.connected())
                        .isPresent());
    }

    private static String text(RawClient client) throws IOException {
        return client.next().json().get("text").asString();
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void whoComesBackMissesNothing(Transport transport) throws IOException {
        open(transport, OPTIONS);
        router().authorize((principal, operation, address) -> true);
        Welcomed before = begin();
        assertThat(before.resume().get("resumed").asBoolean()).isFalse();
        assertThat(before.resume().get("within").asLong()).isEqualTo(30_000);
        before.say("{\"type\":\"subscribe\",\"id\":\"1\",\"topic\":\"news\"}");
        String epoch = before.client().next().json().get("epoch").asString();
        send(Address.topic("news"), "n1");
        assertThat(text(before.client())).isEqualTo("n1");
        before.client().abort();
        awaitLoss(before);
        send(Address.topic("news"), "n2");
        send(Address.client("alice"), "direct 1");
        broadcast("all 1");
        Welcomed after = resume(
                before.token(),
                "\"news\":{\"epoch\":\"" + epoch + "\",\"offset\":1},\"other\":{\"epoch\":\"" + epoch
                        + "\",\"offset\":7}");

        assertThat(after.session()).isEqualTo(before.session());
        assertThat(after.token()).isEqualTo(before.token());
        assertThat(after.resume().get("resumed").asBoolean()).isTrue();
        JsonNode topic = after.resume().get("topics").get(0);
        assertThat(topic.get("topic").asString()).isEqualTo("news");
        assertThat(topic.get("offset").asLong()).isEqualTo(1);
        assertThat(topic.get("recovered").asBoolean()).isTrue();
        assertThat(after.resume().get("topics")).hasSize(1);
        assertThat(new String[] {text(after.client()), text(after.client()), text(after.client())})
                .containsExactlyInAnyOrder("n2", "direct 1", "all 1");
        send(Address.topic("news"), "n3");
        assertThat(text(after.client())).isEqualTo("n3");
        assertThat(router().connected()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void aConnectionThatIsHalfDeadGivesWay(Transport transport) throws IOException {
        open(transport, OPTIONS);
        Welcomed before = begin();
        Welcomed after = resume(before.token(), "");

        assertThat(after.resume().get("resumed").asBoolean()).isTrue();
        assertThat(before.client().next().code()).isEqualTo(4412);
        send(Address.client("alice"), "hello");
        assertThat(text(after.client())).isEqualTo("hello");
        assertThat(router().connected()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void aGoodbyeEndsTheSessionAndAnotherCloseDoesNot(Transport transport) throws IOException {
        open(transport, OPTIONS);
        Welcomed breaking = begin();
        breaking.client().send(RawClient.close(4000, "the network changed"));
        assertThat(breaking.client().closeCode()).isEqualTo(4000);
        awaitLoss(breaking);
        Welcomed back = resume(breaking.token(), "");
        assertThat(back.resume().get("resumed").asBoolean()).isTrue();
        back.client().send(RawClient.close(1000, ""));
        assertThat(back.client().closeCode()).isEqualTo(1000);
        await().atMost(SOON).until(() -> router().connected() == 0);
        Welcomed anew = resume(back.token(), "");

        assertThat(anew.resume().get("resumed").asBoolean()).isFalse();
        assertThat(anew.resume().has("topics")).isFalse();
        assertThat(anew.session()).isNotEqualTo(back.session());
        assertThat(anew.token()).isNotEqualTo(back.token());
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void whoFellSilentCanComeBack(Transport transport) throws IOException {
        open(transport, idle(OPTIONS, Duration.ofSeconds(30), Duration.ofSeconds(1)));
        Welcomed before = begin();
        awaitLoss(before);
        send(Address.client("alice"), "hello");
        RawClient client = dial();
        assertThat(client.upgrade("/ws?access_token=alice&resume=" + before.token())
                        .status())
                .isEqualTo(101);

        assertThat(client.next().json().get("resume").get("resumed").asBoolean())
                .isTrue();
        assertThat(text(client)).isEqualTo("hello");
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO"})
    void whatIsNoPlaceIsRefusedBeforeAnybodyIsLetIn(Transport transport) throws IOException {
        open(transport, OPTIONS);
        Welcomed before = begin();
        for (String seen : new String[] {"\"news\":7", "\"news\":{\"offset\":7}", "\"news\":{\"epoch\":\"x\"}"}) {
            RawClient client = dial();
            assertThat(client.upgrade("/ws").status()).isEqualTo(101);
            client.send(RawClient.frame(
                    RawClient.FIN | RawClient.TEXT,
                    "{\"type\":\"auth\",\"token\":\"alice\",\"resume\":\"" + before.token() + "\",\"seen\":{" + seen
                            + "}}"));
            assertThat(client.next().code()).isEqualTo(4401);
        }
        assertThat(router().sessions("alice")).hasSize(1);
    }
}
