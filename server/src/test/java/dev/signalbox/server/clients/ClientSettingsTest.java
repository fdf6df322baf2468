package dev.signalbox.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.endpoint.netty.AddressRange;
import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.endpoint.netty.ListenerOptions.Proxies;
import dev.signalbox.endpoint.netty.ListenerOptions.UnixSocket;
import dev.signalbox.server.SignalboxCommand;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an operator can set for the wire, and what they see of it. */
class ClientSettingsTest {
    private static ClientSettings settings(String... sets) {
        return SignalboxCommand.FEATURES
                .load(Optional.empty(), Map.of(), List.of(sets))
                .values(ClientSettings::read);
    }

    @Test
    void byDefaultNoProxyIsTrusted() {
        assertThat(settings().proxies()).isEqualTo(Proxies.NONE);
        // Trusting somebody without saying what they tell changes nothing.
        assertThat(settings("clients.trusted-proxies=10.0.0.0/8").proxies()).isEqualTo(Proxies.NONE);
        assertThat(settings().minUpload()).isEqualTo(1_024);
        assertThat(settings().compression()).isTrue();
    }

    @Test
    void proxiesAreRangesWithBlanksInBetween() {
        assertThat(settings("clients.address-from=proxy_protocol", "clients.trusted-proxies=10.0.0.0/24  2001:db8::1")
                        .proxies())
                .isEqualTo(new Proxies(
                        AddressSource.PROXY_PROTOCOL,
                        List.of(AddressRange.parse("10.0.0.0/24"), AddressRange.parse("2001:db8::1"))));
    }

    @Test
    void whoTellsTheAddressHasToBeTrusted() {
        assertThatThrownBy(() -> settings("clients.address-from=x_forwarded_for"))
                .hasMessageContaining("clients.trusted-proxies")
                .hasMessageContaining("clients.address-from");
        assertThatThrownBy(() -> settings("clients.address-from=forwarded", "clients.trusted-proxies=lb.example.com"))
                .hasMessageContaining("clients.trusted-proxies: 'lb.example.com' is not allowed")
                .hasMessageContaining("10.0.0.0/8");
    }

    private static EndpointSettings endpoints(String... sets) {
        return SignalboxCommand.FEATURES
                .load(Optional.empty(), Map.of(), List.of(sets))
                .values(EndpointSettings::read);
    }

    @Test
    void unixSocketsHaveAPathAndPermissionsInOctal() {
        assertThat(endpoints().socket()).isEmpty();
        EndpointSettings settings =
                endpoints("clients.socket=/run/web", "clients.tcp.socket=/run/tcp", "clients.socket-mode=640");
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-r-----");
        assertThat(settings.socket()).contains(new UnixSocket(Path.of("/run/web"), mode));
        assertThat(settings.tcpSocket()).contains(new UnixSocket(Path.of("/run/tcp"), mode));
        assertThat(endpoints("clients.socket=/s").socket().orElseThrow().permissions())
                .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        assertThatThrownBy(() -> endpoints("clients.socket=/s", "clients.socket-mode=rw"))
                .hasMessageContaining("clients.socket-mode")
                .hasMessageContaining("octal");
        assertThatThrownBy(() -> endpoints("clients.socket=/" + "x".repeat(100)))
                .hasMessageContaining("clients.socket")
                .hasMessageContaining("97 bytes");
        assertThatThrownBy(() -> endpoints("clients.udp.port=1", "clients.udp.max-datagram=100"))
                .hasMessageContaining("clients.udp.max-datagram");
    }

    @Test
    void everyFaultIsCountedFromTheStart() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ConnectionMetrics metrics = new ConnectionMetrics(registry);
        metrics.failed(Fault.TOO_MANY_FROM_ADDRESS);

        assertThat(registry.get("signalbox.clients.failed").counters()).hasSameSizeAs(Fault.values());
        assertThat(registry.get("signalbox.clients.failed")
                        .tag("fault", "too-many-from-address")
                        .counter()
                        .count())
                .isEqualTo(1);
    }
}
