package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.endpoint.netty.ListenerOptions.Proxies;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Load balancers in front, and those who only pretend to be one. */
class ProxyTest extends WireFixture {
    private static final String V2 = "0d0a0d0a000d0a515549540a";

    private static WebSocketOptions behind(AddressSource source, int perAddress) {
        return limits(64 << 10, 1_000, perAddress, 1_000, 0)
                .listening(on -> on.withProxies(new Proxies(source, List.of(AddressRange.parse("127.0.0.0/31")))));
    }

    /** As a proxy sends it: in clear, ahead of everything else, TLS included. */
    private RawClient forwarded(Transport transport, byte[] header) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port());
        plain.getOutputStream().write(header);
        return keep(new RawClient(transport.tls() ? Transport.secure(plain) : plain));
    }

    private static byte[] v1(String line) {
        return (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] v2(String rest) {
        return HexFormat.of().parseHex(V2 + rest);
    }

    private String addressOf(String client) {
        return router().sessions(client).getLast().remoteAddress();
    }

    @ParameterizedTest
    @EnumSource
    void theProxyProtocolTellsTheClientsAddress(Transport transport) throws IOException {
        open(transport, behind(AddressSource.PROXY_PROTOCOL, 1));
        Map<String, byte[]> headers = Map.of(
                "203.0.113.7:4711", v1("PROXY TCP4 203.0.113.7 10.0.0.1 4711 443"),
                "[2001:db8:0:0:0:0:0:7]:4711", v1("PROXY TCP6 2001:db8::7 ::1 4711 443"),
                "203.0.113.8:4711", v2("2111000c" + "cb007108" + "0a000001" + "1267" + "01bb"),
                // With an extension, which is passed over.
                "203.0.113.9:4711", v2("21110010" + "cb007109" + "0a000001" + "1267" + "01bb" + "04000100"),
                "[2001:db8:0:1:0:0:0:8]:4711",
                        v2("21210024" + "20010db8000000010000000000000008" + "00".repeat(16) + "1267" + "01bb"));
        int i = 0;
        for (Map.Entry<String, byte[]> each : headers.entrySet()) {
            String id = "client" + i++;
            forwarded(transport, each.getValue()).connect(id, "");
            assertThat(addressOf(id)).isEqualToIgnoringCase(shortest(each.getKey()));
        }
    }

    private static String shortest(String address) {
        return address.replace(":0:0:0:0:0:", "::").replace("[2001:db8:0:1:0:0:0:8]", "[2001:db8:0:1::8]");
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionOfTheProxysOwnHasItsAddress(Transport transport) throws IOException {
        open(transport, behind(AddressSource.PROXY_PROTOCOL, 10));
        for (byte[] header : List.of(v1("PROXY UNKNOWN"), v2("20000000"), v2("21000000"))) {
            RawClient client = forwarded(transport, header);
            client.connect("own", "");
            assertThat(addressOf("own")).startsWith("127.0.0.1:");
            client.close();
            await().atMost(SOON).until(() -> router().sessions("own").isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyClientsBehindOneProxyAreLimitedEachForItself(Transport transport) throws IOException {
        open(transport, behind(AddressSource.PROXY_PROTOCOL, 1));
        for (int i = 0; i < 20; i++) {
            forwarded(transport, v1("PROXY TCP4 203.0.113." + i + " 10.0.0.1 4711 443"))
                    .connect("client" + i, "");
        }
        assertThat(forwarded(transport, v1("PROXY TCP4 203.0.113.7 10.0.0.1 4712 443"))
                        .upgrade("/ws")
                        .status())
                .isEqualTo(429);
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void aProxyThatSaysNothingOrNonsenseIsCutOff(Transport transport) throws IOException {
        open(transport, behind(AddressSource.PROXY_PROTOCOL, 10));
        List<byte[]> wrong = List.of(
                v1("GET /ws HTTP/1.1"),
                v1("PROXY TCP4 203.0.113.7"),
                v1("PROXY TCP4 example.com 10.0.0.1 1 2"),
                v1("PROXY TCP4 203.0.113.7 10.0.0.1 99999 2"),
                v1("PROXY " + "x".repeat(200)),
                v2("3111000c"),
                v2("2111ffff"),
                v2("21110002" + "0000"),
                HexFormat.of().parseHex("0d0a0d0a00ff"));
        for (byte[] header : wrong) {
            forwarded(transport, header).awaitEnd();
        }
        assertThat(faults).containsOnly(Fault.PROXY_HEADER).hasSize(wrong.size());
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void whoIsNotTrustedCannotClaimAnAddress(Transport transport) throws IOException {
        open(transport, behind(AddressSource.PROXY_PROTOCOL, 10));
        Socket socket = transport.open(InetAddress.ofLiteral("127.0.0.9"), port());
        RawClient stranger = keep(new RawClient(socket));
        stranger.send(v1("PROXY TCP4 203.0.113.7 10.0.0.1 4711 443"));

        assertThat(stranger.response().status()).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource
    void headersTellTheRightmostAddressThatIsNoTrustedProxys(Transport transport) throws IOException {
        open(transport, behind(AddressSource.X_FORWARDED_FOR, 100));
        Map<String, String> headers = Map.of(
                "203.0.113.7", "203.0.113.7",
                "6.6.6.6, 203.0.113.8", "203.0.113.8",
                "6.6.6.6, 203.0.113.9:99, 127.0.0.1", "203.0.113.9:99",
                "2001:db8::7", "2001:db8:0:0:0:0:0:7",
                "6.6.6.6, nonsense", "127.0.0.1",
                "", "127.0.0.1");
        int i = 0;
        for (Map.Entry<String, String> each : headers.entrySet()) {
            String id = "client" + i++;
            dial().connect(id, "", "X-Forwarded-For", each.getKey(), "Forwarded", "for=6.6.6.6");
            assertThat(addressOf(id)).startsWith(each.getValue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theStandardHeaderIsUnderstood(Transport transport) throws IOException {
        open(transport, behind(AddressSource.FORWARDED, 100));
        Map<String, String> headers = Map.of(
                "for=203.0.113.7", "203.0.113.7",
                "for=6.6.6.6;proto=http, proto=https;For=\"203.0.113.8:99\";by=x", "203.0.113.8:99",
                "for=\"[2001:db8::7]:4711\"", "[2001:db8::7]:4711",
                "for=6.6.6.6, for=_hidden", "127.0.0.1",
                "for=6.6.6.6, for=unknown;by=_x", "127.0.0.1",
                "for=6.6.6.6, proto=http", "127.0.0.1");
        int i = 0;
        for (Map.Entry<String, String> each : headers.entrySet()) {
            String id = "client" + i++;
            dial().connect(id, "", "Forwarded", each.getKey(), "X-Forwarded-For", "6.6.6.6");
            assertThat(addressOf(id)).startsWith(each.getValue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsTrustedUnlessConfigured(Transport transport) throws IOException {
        open(transport, OPTIONS);
        dial().connect("alice", "", "X-Forwarded-For", "203.0.113.7", "Forwarded", "for=203.0.113.7");

        assertThat(addressOf("alice")).startsWith("127.0.0.1:");
    }

    @Test
    void rangesAreWrittenInCidrNotation() {
        assertThat(AddressRange.parse("10.0.0.0/8").contains(InetAddress.ofLiteral("10.255.0.1")))
                .isTrue();
        assertThat(AddressRange.parse("10.0.0.0/8").contains(InetAddress.ofLiteral("11.0.0.1")))
                .isFalse();
        assertThat(AddressRange.parse("10.1.2.3").contains(InetAddress.ofLiteral("10.1.2.3")))
                .isTrue();
        assertThat(AddressRange.parse("10.1.2.2/31").contains(InetAddress.ofLiteral("10.1.2.3")))
                .isTrue();
        assertThat(AddressRange.parse("10.1.2.2/31").contains(InetAddress.ofLiteral("10.1.2.4")))
                .isFalse();
        assertThat(AddressRange.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("::1")))
                .isFalse();
        assertThat(AddressRange.parse("2001:db8::/32").contains(InetAddress.ofLiteral("2001:db8:1::1")))
                .isTrue();
        for (String wrong : List.of("", "x", "10.0.0.0/33", "::1/129", "example.com", "10.0.0.0/", "1.2.3.4/-1")) {
            assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> AddressRange.parse(wrong));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Proxies(AddressSource.FORWARDED, List.of()))
                .withMessageContaining("trusted");
    }

    @Test
    void aHeaderThatIsCutShortWaitsForMore() {
        byte[] whole = v2("2111000c" + "cb007108" + "0a000001" + "1267" + "01bb");
        for (int length = 0; length < whole.length; length++) {
            assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(whole, 0, length)))
                    .isNull();
        }
        byte[] line = v1("PROXY TCP4 203.0.113.7 10.0.0.1 4711 443");
        for (int length = 0; length < line.length; length++) {
            assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(line, 0, length)))
                    .isNull();
        }
    }
}
