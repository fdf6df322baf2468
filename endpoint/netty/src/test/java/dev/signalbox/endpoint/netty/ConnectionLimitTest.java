package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many may connect, from where: the loopback network stands for many addresses. */
class ConnectionLimitTest extends WireFixture {
    private static final InetAddress OTHER = InetAddress.ofLiteral("127.0.0.2");

    private RawClient from(Transport transport, InetAddress address) throws IOException {
        return keep(new RawClient(transport.open(address, port())));
    }

    private static WebSocketOptions limited(int connections, int perAddress) {
        return limits(64 << 10, connections, perAddress, 1_000, 0);
    }

    @ParameterizedTest
    @EnumSource
    void silentConnectionsOfOneAddressDoNotShutOutAnother(Transport transport) throws IOException {
        open(transport, limited(5, 2));
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            silent.add(new Socket(InetAddress.getLoopbackAddress(), port()));
        }
        await().atMost(SOON).until(() -> faults.size() == 4);
        assertThat(faults).containsOnly(Fault.TOO_MANY_FROM_ADDRESS);

        for (int i = 0; i < 2; i++) {
            from(transport, OTHER).connect("other" + i, "");
        }
        for (Socket each : silent) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsRefusedIsToldWhyAndMayComeAgain(Transport transport) throws IOException {
        open(transport, limited(3, 2));
        RawClient first = client("a");
        client("b");
        assertThat(dial().upgrade("/ws").status()).isEqualTo(429);

        from(transport, OTHER).connect("c", "");
        assertThat(from(transport, OTHER).upgrade("/ws").status()).isEqualTo(503);
        assertThat(faults).containsExactly(Fault.TOO_MANY_FROM_ADDRESS, Fault.TOO_MANY);

        first.abort();
        await().atMost(SOON).until(() -> dial().upgrade("/ws").status() == 101);
    }

    @ParameterizedTest
    @EnumSource
    void noNumberOfRefusedConnectionsTakesPlacesOrStaysOpen(Transport transport) throws IOException {
        open(transport, limited(3, 1));
        client("a");
        List<Socket> refused = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            refused.add(new Socket(InetAddress.getLoopbackAddress(), port()));
        }
        await().atMost(SOON).until(() -> faults.size() == 400);
        from(transport, OTHER).connect("b", "");
        for (Socket each : refused) {
            each.setSoTimeout(20_000);
            new RawClient(each).awaitEnd();
            each.close();
        }
    }

    @Test
    void anIpv6NetworkCountsAsOneAddress() {
        ConnectionCounter counter =
                new ConnectionCounter(limited(10, 1).listener().limits());

        assertThat(counter.tryAdd(InetAddress.ofLiteral("2001:db8:0:1::1"))).isTrue();
        assertThat(counter.tryAdd(InetAddress.ofLiteral("2001:db8:0:1:ffff::2")))
                .isFalse();
        assertThat(counter.tryAdd(InetAddress.ofLiteral("2001:db8:0:2::1"))).isTrue();
        counter.remove(InetAddress.ofLiteral("2001:db8:0:1::3"));
        assertThat(counter.tryAdd(InetAddress.ofLiteral("2001:db8:0:1::4"))).isTrue();
    }
}
