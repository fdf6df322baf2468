package dev.signalbox.testing.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
    private ServerSocket echo;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = FaultProxy.before(echo.getLocalPort());
        Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } catch (IOException e) {
                        return; // The test cut it.
                    }
                });
            } catch (IOException e) {
                return; // The test is over.
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static int roundTrip(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        return socket.getInputStream().read();
    }

    @Test
    void passesBytesBothWays() throws IOException {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 42)).isEqualTo(42);
        }
    }

    @Test
    void cutEndsConnectionsAndRefusesNewOnesUntilHealed() throws IOException {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.cut();
            assertThat(isDead(socket)).isTrue();
            try (Socket next = connect()) {
                assertThat(isDead(next)).isTrue();
            }
        }
        proxy.heal();
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 2)).isEqualTo(2);
        }
    }

    private static boolean isDead(Socket socket) {
        try {
            return roundTrip(socket, 1) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void stallHoldsBytesBackAndHealLetsThemGo() throws IOException {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.stall();
            socket.setSoTimeout(100);
            assertThatThrownBy(() -> roundTrip(socket, 2)).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void delaySlowsEachChunk() throws IOException {
        proxy.delay(Duration.ofMillis(60));
        try (Socket socket = connect()) {
            long before = System.nanoTime();
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(110));
        }
    }

    @Test
    void swallowedAnswersNeverArrive() throws IOException {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.swallowAnswers();
            long before = proxy.requests();
            socket.setSoTimeout(100);
            assertThatThrownBy(() -> roundTrip(socket, 2)).isInstanceOf(SocketTimeoutException.class);
            assertThat(proxy.requests()).isEqualTo(before + 1);
            proxy.cutOnce();
            assertThat(isDead(socket)).isTrue();
        }
    }

    @Test
    void cutAfterAnsweringSwallowsTheAnswer() throws IOException {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.cutAfterAnswering(1);
            assertThat(roundTrip(socket, 2)).isEqualTo(2);
            assertThat(isDead(socket)).isTrue();
        }
    }
}
