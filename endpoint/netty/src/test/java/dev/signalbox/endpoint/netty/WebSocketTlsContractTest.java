package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.testing.contract.EndpointSettings;
import dev.signalbox.testing.contract.TestClient;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract over TLS. The client checks the certificate. */
class WebSocketTlsContractTest extends WebSocketContractTest {
    @TempDir
    private static Path folder;

    private static ListenerOptions.Tls files =
            new ListenerOptions.Tls(Path.of("chain"), Path.of("key"), Optional.empty());
    private static HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void makeCertificate() throws Exception {
        X509Bundle bundle = TestCertificate.forLoopback();
        files = TestCertificate.write(bundle, folder);
        http = HttpClient.newBuilder()
                .sslContext(TestCertificate.trusting(bundle))
                .build();
    }

    @Override
    protected Endpoint endpoint(Authenticator authenticator, EndpointSettings settings) {
        return WebSocketEndpoint.create(
                Transport.NATIVE.loops(2), options(settings).listening(on -> on.withTls(files)), authenticator);
    }

    @Override
    protected TestClient connect(URI address, Optional<String> token) {
        return new JdkWebSocketClient(http, address, token);
    }
}
