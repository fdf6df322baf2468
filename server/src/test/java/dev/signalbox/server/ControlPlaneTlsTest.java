package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.node.StartupException;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The control port with a certificate: HTTPS and nothing else, for clients of any kind and for our own commands. */
class ControlPlaneTlsTest {
    @TempDir
    Path folder;

    private X509Bundle bundle;
    private Path certificate;
    private Path key;

    @BeforeEach
    void makeCertificate() throws Exception {
        bundle = selfSigned(CertificateBuilder.Algorithm.ecp256);
        certificate = Files.writeString(folder.resolve("chain.pem"), bundle.getCertificatePathPEM());
        key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
    }

    @ParameterizedTest
    @EnumSource(names = {"ecp256", "rsa2048", "ed25519"})
    void aClientThatTrustsTheCertificateIsAnswered(CertificateBuilder.Algorithm algorithm) throws Exception {
        bundle = selfSigned(algorithm);
        Files.writeString(certificate, bundle.getCertificatePathPEM());
        Files.writeString(key, bundle.getPrivateKeyPEM());

        try (Server server = start();
                HttpClient client =
                        HttpClient.newBuilder().sslContext(trusting()).build()) {
            assertThat(server.controlUri()).hasScheme("https");
            var health = HttpRequest.newBuilder(server.controlUri().resolve("/health/ready"));
            assertThat(client.send(health.build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void plainHttpIsNotAnswered() {
        try (Server server = start();
                HttpClient client = HttpClient.newHttpClient()) {
            URI plain = URI.create("http://127.0.0.1:" + server.controlUri().getPort() + "/health/ready");
            assertThatThrownBy(() -> client.send(HttpRequest.newBuilder(plain).build(), BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void commandsTrustTheCertificateThatIsNamedAndNoOther() {
        try (Server server = start()) {
            String[] status = {"queue", "status", "--url", server.controlUri().toString(), "--data", data(), "--json"};

            Run stranger = Run.of(status);
            Run friend = Run.of(List.of(status, new String[] {"--ca-file", certificate.toString()}).stream()
                    .flatMap(Arrays::stream)
                    .toArray(String[]::new));

            assertThat(stranger.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(stranger.err()).contains("--ca-file");
            assertThat(friend.exitCode()).as(friend.err()).isZero();
            assertThat(friend.json().isObject()).isTrue();
        }
    }

    @Test
    void aCaFileWithoutACertificateIsNamed() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.pem"));

        Run run = Run.of("queue", "status", "--url", "https://127.0.0.1:1", "--data", data(), "--ca-file", "" + empty);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("empty.pem").contains("no certificate");
    }

    @Test
    void aKeyOfAnotherCertificateStopsTheStart() throws Exception {
        X509Bundle another = selfSigned(CertificateBuilder.Algorithm.ecp256);
        Files.writeString(key, another.getPrivateKeyPEM());

        assertThatThrownBy(this::start)
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("control.tls")
                .hasMessageContaining("key.pem")
                .hasMessageContaining("does not belong to the certificate");
    }

    @Test
    void aFileThatIsNoCertificateStopsTheStart() throws IOException {
        Files.writeString(certificate, "");

        assertThatThrownBy(this::start)
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("holds no certificate");
    }

    private Server start() {
        return Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(
                        Optional.empty(),
                        Map.of(),
                        List.of(
                                "data.folder=" + data(),
                                "control.port=0",
                                "clients.port=0",
                                "control.tls.certificate=" + certificate,
                                "control.tls.key=" + key)));
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private SSLContext trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, bundle.toTrustManagerFactory().getTrustManagers(), null);
        return context;
    }

    private static X509Bundle selfSigned(CertificateBuilder.Algorithm algorithm) throws Exception {
        return new CertificateBuilder()
                .algorithm(algorithm)
                .subject("CN=signalbox test")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }
}
