package dev.signalbox.testing.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RealNatsTest {
    private static String greeting(RealNats nats) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nats.port())) {
            socket.setSoTimeout(20_000);
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }
    }

    @Test
    void itStartsAgainOnItsPortWithItsOptions() throws IOException {
        try (RealNats nats = RealNats.start("max_payload: 4321")) {
            assertThat(greeting(nats)).contains("\"max_payload\":4321");

            nats.kill();
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> greeting(nats));
            nats.startAgain();

            assertThat(greeting(nats)).contains("\"max_payload\":4321");
        }
    }
}
