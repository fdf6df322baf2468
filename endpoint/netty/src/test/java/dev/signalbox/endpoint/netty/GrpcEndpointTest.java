package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.contract.TestClient.Event;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is gRPC's own, beyond the contract of all endpoints. */
@Timeout(120)
class GrpcEndpointTest {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int NO_ERROR = 0;
    private static final int ENHANCE_YOUR_CALM = 11;

    private final Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        router.close();
    }

    private int open(ListenerOptions listener) {
        Endpoint endpoint = GrpcEndpoint.create(
                Transport.NATIVE.loops(), listener, token -> Optional.of(new Principal(token, Map.of())), faults::add);
        router.attach(endpoint);
        return endpoint.address().getPort();
    }

    private ManagedChannel channel(int port) {
        ManagedChannel channel = GrpcClient.open(port, Optional.empty());
        channels.add(channel);
        return channel;
    }

    private static ListenerOptions limits(int perAddress, int rate, Duration handshake) {
        ListenerOptions defaults = ListenerOptions.on(0);
        ListenerOptions.Limits limits = defaults.limits();
        ListenerOptions.Timeouts timeouts = defaults.timeouts();
        return defaults.withLimits(new ListenerOptions.Limits(
                        limits.maxFrameBytes(), limits.maxOutboundBytes(), 1_000, perAddress, rate, 0))
                .withTimeouts(new ListenerOptions.Timeouts(
                        handshake, timeouts.authentication(), timeouts.idle(), Duration.ofMillis(500)));
    }

    @Test
    void manyClientsShareOneConnectionAndEachCounts() throws Exception {
        ManagedChannel channel = channel(open(limits(4, 1_000, Duration.ofSeconds(10))));
        List<GrpcClient> clients = new ArrayList<>();
        for (String user : List.of("alice", "bob", "carol")) {
            GrpcClient client = new GrpcClient(channel, Optional.of(user));
            assertThat(client.next()).isEqualTo(new Event.Welcome(user));
            clients.add(client);
        }
        GrpcClient refused = new GrpcClient(channel, Optional.of("dora"));

        assertThat(refused.end().get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(faults).containsExactly(Fault.TOO_MANY_FROM_ADDRESS);
        router.send(Message.of(Address.logic("server"), Address.client("bob"), Payload.text("only bob")));
        assertThat(clients.get(1).next())
                .isInstanceOfSatisfying(
                        Event.Incoming.class,
                        incoming -> assertThat(incoming.payload()).isEqualTo(Payload.text("only bob")));
        router.disconnect("alice", CloseReason.REMOVED);
        assertThat(clients.getFirst().next()).isEqualTo(new Event.Closed(CloseReason.REMOVED));
        Status end = clients.getFirst().end().get(30, TimeUnit.SECONDS);
        assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(end.getDescription()).isEqualTo("removed by the server");
        // Her place is free once her call is closed on both sides.
        await().atMost(Duration.ofSeconds(30)).until(() -> new GrpcClient(channel, Optional.of("dora")).isAdmitted());
    }

    @Test
    void theHealthServiceAnswersAndOtherMethodsAreNotThere() throws Exception {
        ManagedChannel channel = channel(open(ListenerOptions.on(0)));
        HealthGrpc.HealthBlockingStub health =
                HealthGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);

        assertThat(status(health, "")).isEqualTo(ServingStatus.SERVING);
        assertThat(status(health, "signalbox.v1.Clients")).isEqualTo(ServingStatus.SERVING);
        for (String other : List.of("another", "x".repeat(500))) {
            assertThatThrownBy(() -> status(health, other))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
        }
        assertThatThrownBy(() ->
                        health.watch(HealthCheckRequest.getDefaultInstance()).next())
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    private static ServingStatus status(HealthGrpc.HealthBlockingStub health, String service) {
        return health.check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    @Test
    void aBrokenCallIsResumedWithTheTokenInTheMetadata() throws Exception {
        int port = open(ListenerOptions.on(0));
        Metadata wish = GrpcClient.metadata(Optional.of("alice"));
        wish.put(GrpcClient.key("resume"), "new");
        GrpcClient first = new GrpcClient(channel(port), wish);
        assertThat(first.next()).isEqualTo(new Event.Welcome("alice"));
        var session = router.sessions("alice").getFirst();

        first.abort();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !router.session(session.id()).orElseThrow().connected());
        router.send(Message.of(Address.logic("server"), Address.client("alice"), Payload.text("meanwhile")));
        Metadata back = GrpcClient.metadata(Optional.of("alice"));
        back.put(GrpcClient.key("resume"), first.resumeToken());
        GrpcClient second = new GrpcClient(channel(port), back);

        assertThat(second.next()).isEqualTo(new Event.Welcome("alice"));
        assertThat(second.next()).isInstanceOf(Event.Incoming.class);
        assertThat(router.sessions("alice"))
                .singleElement()
                .satisfies(each -> assertThat(each.id()).isEqualTo(session.id()));
        second.close();
        assertThat(second.end().get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void compressedMessagesAreRefused() throws Exception {
        GrpcClient client = new GrpcClient(channel(open(ListenerOptions.on(0))), Optional.of("alice"));
        assertThat(client.next()).isEqualTo(new Event.Welcome("alice"));
        client.sendCompressed("{\"type\":\"ping\",\"id\":\"1\"}");

        assertThat(client.end().get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(faults).containsExactly(Fault.PROTOCOL);
    }

    @Test
    void whatIsNoCallIsTold() throws Exception {
        X509Bundle bundle = TestCertificate.forLoopback();
        int port = open(ListenerOptions.on(0).withTls(TestCertificate.write(bundle, folder)));
        try (HttpClient http = HttpClient.newBuilder()
                .sslContext(TestCertificate.trusting(bundle))
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/"))
                    .timeout(Duration.ofSeconds(60))
                    .build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());

            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.statusCode()).isEqualTo(415);
            assertThat(faults).containsExactly(Fault.HANDSHAKE_REFUSED);
        }
    }

    @Test
    void withMutualTlsOnlyClientsWithACertificateOfTheAuthorityConnect() throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle known = new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=alice")
                .buildIssuedBy(authority);
        Path trusted = Files.writeString(folder.resolve("clients.pem"), authority.getCertificatePathPEM());
        ListenerOptions.Tls plain = TestCertificate.write(TestCertificate.forLoopback(), folder);
        int port = open(ListenerOptions.on(0)
                .withTls(new ListenerOptions.Tls(plain.certificateChain(), plain.privateKey(), Optional.of(trusted))));
        ManagedChannel with = Grpc.newChannelBuilder(
                        "127.0.0.1:" + port,
                        TlsChannelCredentials.newBuilder()
                                .trustManager(plain.certificateChain().toFile())
                                .keyManager(
                                        Files.writeString(folder.resolve("own.pem"), known.getCertificatePathPEM())
                                                .toFile(),
                                        Files.writeString(folder.resolve("own-key.pem"), known.getPrivateKeyPEM())
                                                .toFile())
                                .build())
                .directExecutor()
                .build();
        channels.add(with);
        assertThat(new GrpcClient(with, Optional.of("alice")).next()).isEqualTo(new Event.Welcome("alice"));

        ManagedChannel without = GrpcClient.open(port, Optional.of(plain.certificateChain()));
        channels.add(without);
        assertThat(new GrpcClient(without, Optional.of("mallory"))
                        .end()
                        .get(60, TimeUnit.SECONDS)
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(router.sessions("mallory")).isEmpty();
        await().until(() -> faults.contains(Fault.TLS));
    }

    @Test
    void aConnectionWithoutACallEnds() throws Exception {
        try (RawConnection idle = new RawConnection(open(limits(10, 1_000, Duration.ofSeconds(1))))) {
            assertThat(idle.readToEnd()).contains(NO_ERROR);
        }
        assertThat(faults).containsExactly(Fault.HANDSHAKE_TIMEOUT);
    }

    @Test
    void pingsInALoopEndTheConnection() throws Exception {
        try (RawConnection flood = new RawConnection(open(limits(10, 50, Duration.ofSeconds(60))))) {
            ByteArrayOutputStream pings = new ByteArrayOutputStream();
            for (int i = 0; i < 200; i++) {
                pings.writeBytes(RawConnection.frame(PING, new byte[8]));
            }
            flood.write(pings.toByteArray());
            assertThat(flood.readToEnd()).contains(ENHANCE_YOUR_CALM);
        }
        assertThat(faults).containsExactly(Fault.PROTOCOL);
    }

    /** Frames of HTTP/2 by hand. */
    private static final class RawConnection implements AutoCloseable {
        private final Socket socket;
        private final DataOutputStream out;
        private final DataInputStream in;

        RawConnection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(60_000);
            out = new DataOutputStream(socket.getOutputStream());
            in = new DataInputStream(socket.getInputStream());
            ByteArrayOutputStream begin = new ByteArrayOutputStream();
            begin.writeBytes(PREFACE);
            begin.writeBytes(frame(SETTINGS, new byte[0]));
            write(begin.toByteArray());
        }

        static byte[] frame(int type, byte[] payload) {
            byte[] frame = new byte[9 + payload.length];
            frame[2] = (byte) payload.length;
            frame[3] = (byte) type;
            System.arraycopy(payload, 0, frame, 9, payload.length);
            return frame;
        }

        void write(byte[] frames) throws IOException {
            out.write(frames);
            out.flush();
        }

        /** The errors of all GOAWAY frames until the server ends the connection. */
        List<Integer> readToEnd() throws IOException {
            List<Integer> errors = new ArrayList<>();
            try {
                readAll(errors);
            } catch (SocketException e) {
                // It does not read what was sent behind the frame for which it ended the connection.
                assertThat(e).hasMessageContaining("reset");
            }
            return errors;
        }

        private void readAll(List<Integer> errors) throws IOException {
            for (int first = in.read(); first >= 0; first = in.read()) {
                int length = first << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                in.readFully(new byte[5]);
                byte[] payload = new byte[length];
                in.readFully(payload);
                if (type == GO_AWAY) {
                    errors.add((int) payload[7]);
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
