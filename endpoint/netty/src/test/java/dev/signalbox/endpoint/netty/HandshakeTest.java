package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an upgrade needs (RFC 6455, 4.2), and what is said to those who do not have it. */
class HandshakeTest extends WireFixture {
    @ParameterizedTest
    @EnumSource
    void anUpgradeIsGranted(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient.Response response = dial().upgrade("/ws");

        assertThat(response.status()).isEqualTo(101);
        // The example of RFC 6455, 1.3.
        assertThat(response.header("sec-websocket-accept")).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(response.headers()).doesNotContainKeys("sec-websocket-protocol", "sec-websocket-extensions");
    }

    @ParameterizedTest
    @EnumSource
    void anotherVersionIsToldTheRightOne(Transport transport) throws IOException {
        open(transport, OPTIONS);
        for (String version : List.of("7", "8", "0", "14", "013", "13, 8", "x", "")) {
            RawClient.Response response = dial().upgrade("/ws", "Sec-WebSocket-Version", version);

            assertThat(response.status()).as("version '%s'", version).isEqualTo(426);
            assertThat(response.header("sec-websocket-version")).contains("13");
            assertThat(response.header("upgrade")).contains("websocket");
        }
        assertThat(faults)
                .containsOnly(ConnectionListener.Fault.HANDSHAKE_REFUSED)
                .hasSize(8);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoUpgradeIsRefusedWithTheReason(Transport transport) throws IOException {
        open(transport, OPTIONS);
        Map<String, List<String>> wrong = Map.of(
                "Sec-WebSocket-Key",
                List.of("", "garbage", "AAAA", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSE=", "===="),
                "Connection",
                List.of("", "keep-alive"),
                "Host",
                List.of(""),
                "Content-Length",
                List.of("5"));
        for (Map.Entry<String, List<String>> header : wrong.entrySet()) {
            for (String value : header.getValue()) {
                RawClient.Response response = dial().upgrade("/ws", header.getKey(), value);
                assertThat(response.status())
                        .as("%s: %s", header.getKey(), value)
                        .isEqualTo(400);
                assertThat(response.body()).containsAnyOf(header.getKey(), "body");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatCannotBeDecodedIsABadRequest(Transport transport) throws IOException {
        open(transport, OPTIONS);
        for (String target : List.of("/%zz", "/ws%", "/ws?access_token=%f", "/ws?to=%zz", "/%")) {
            assertThat(dial().upgrade(target).status()).as(target).isEqualTo(400);
        }
        RawClient client = dial();
        client.send("NONSENSE\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(400);
        client.awaitEnd();
    }

    @ParameterizedTest
    @EnumSource
    void anotherMethodIsNotAllowed(Transport transport) throws IOException {
        open(transport, OPTIONS);
        for (String method : List.of("POST", "HEAD", "DELETE")) {
            RawClient client = dial();
            client.send(RawClient.upgradeRequest("/ws").replace("GET", method));
            assertThat(client.response().status()).isEqualTo(405);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheFirstOfSeveralRequestsIsAnswered(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient client = dial();
        client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100));

        assertThat(client.response().status()).isEqualTo(200);
        client.awaitEnd();
    }

    @ParameterizedTest
    @EnumSource
    void theSubprotocolIsTheFirstOfTheClientsThatIsOurs(Transport transport) throws IOException {
        open(transport, OPTIONS);
        Map<String, String> chosen = Map.of(
                "signalbox.v1.json", "signalbox.v1.json",
                "signalbox.v1.raw", "signalbox.v1.raw",
                "chat,signalbox.v1.raw , signalbox.v1.json", "signalbox.v1.raw",
                "graphql-ws", "");
        chosen.forEach((offer, answer) -> {
            RawClient.Response response;
            try {
                response = dial().upgrade("/ws", "Sec-WebSocket-Protocol", offer);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.header("sec-websocket-protocol").orElse("")).isEqualTo(answer);
        });
    }

    @ParameterizedTest
    @EnumSource
    void theRawSubprotocolBringsBinaryFrames(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient client = dial().connect("alice", "&to=client:alice", "Sec-WebSocket-Protocol", "signalbox.v1.raw");
        client.send(RawClient.frame(RawClient.FIN | RawClient.BINARY, new byte[] {1, 2, 3}));

        RawClient.Received received = client.next();
        assertThat(received.opcode()).isEqualTo(RawClient.BINARY);
        assertThat(received.payload()).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @EnumSource
    void largeCookiesAndTokensPass(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient.Response response =
                dial().upgrade("/ws?access_token=" + "t".repeat(4 << 10), "Cookie", "c=" + "x".repeat(8 << 10));

        assertThat(response.status()).isEqualTo(101);
    }

    @ParameterizedTest
    @EnumSource
    void aHeadOverTheLimitIsToldWhatTheyAre(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient.Response headers = dial().upgrade("/ws", "Cookie", "c=" + "x".repeat(200 << 10));
        assertThat(headers.status()).isEqualTo(431);
        assertThat(headers.body()).contains("headers").contains("16384");

        RawClient.Response line = dial().upgrade("/ws?access_token=" + "t".repeat(200 << 10));
        assertThat(line.status()).isEqualTo(414);
        assertThat(line.body()).contains("first line").contains("16384");
    }

    @ParameterizedTest
    @EnumSource
    void whatComesInOnePacketWithTheUpgradeIsNotLost(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient client = dial();
        client.send(
                RawClient.upgradeRequest("/ws").getBytes(StandardCharsets.US_ASCII),
                RawClient.frame(0x81, "{\"type\":\"auth\",\"token\":\"alice\"}"),
                RawClient.frame(0x81, "{\"type\":\"ping\",\"id\":\"early\"}"),
                RawClient.frame(0x89, "low"));

        assertThat(client.response().status()).isEqualTo(101);
        assertThat(client.next().text()).contains("welcome");
        assertThat(List.of(client.next().text(), client.next().text()))
                .containsExactlyInAnyOrder("{\"type\":\"pong\",\"id\":\"early\"}", "low");
    }

    @ParameterizedTest
    @EnumSource
    void theOfferOfCompressionIsAnsweredAsTheRfcAsks(Transport transport) throws IOException {
        open(transport, OPTIONS);
        String usual = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
        Map<String, String> answers = Map.of(
                "permessage-deflate",
                usual,
                "permessage-deflate; client_max_window_bits",
                usual,
                "permessage-deflate; client_max_window_bits=\"10\"; client_no_context_takeover",
                usual,
                "permessage-deflate; server_max_window_bits=15",
                usual + "; server_max_window_bits=15",
                "permessage-deflate; server_max_window_bits=9",
                "",
                "permessage-deflate; server_max_window_bits=9, permessage-deflate",
                usual,
                "permessage-deflate; client_max_window_bits=7",
                "",
                "permessage-deflate; unknown",
                "",
                "permessage-deflate; client_max_window_bits; client_max_window_bits",
                "",
                ";,;;=",
                "");
        for (Map.Entry<String, String> each : answers.entrySet()) {
            RawClient.Response response = dial().upgrade("/ws", "Sec-WebSocket-Extensions", each.getKey());
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.header("sec-websocket-extensions").orElse(""))
                    .as(each.getKey())
                    .isEqualTo(each.getValue());
        }
    }
}
