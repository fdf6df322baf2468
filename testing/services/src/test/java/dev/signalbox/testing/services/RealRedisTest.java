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

class RealRedisTest {
    private static String ask(RealRedis redis, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String first = reader.readLine();
            return first.startsWith("$") && !first.equals("$-1") ? reader.readLine() : first;
        }
    }

    @Test
    void whatItAnsweredOutlivesAKill() throws IOException {
        try (RealRedis redis = RealRedis.start()) {
            assertThat(ask(redis, "SET color blue")).isEqualTo("+OK");
            redis.kill();
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> ask(redis, "PING"));
            redis.startAgain();
            assertThat(ask(redis, "GET color")).isEqualTo("blue");
        }
    }

    @Test
    void optionsOverruleItsOwn() throws IOException {
        try (RealRedis redis = RealRedis.start("appendonly no")) {
            assertThat(ask(redis, "SET color blue")).isEqualTo("+OK");
            redis.stop();
            redis.startAgain();
            assertThat(ask(redis, "GET color")).isEqualTo("$-1");
        }
    }

    @Test
    void oneServerForAllWhoShareIt() throws IOException {
        ask(RealRedis.shared(), "SET shared yes");
        assertThat(ask(RealRedis.shared(), "GET shared")).isEqualTo("yes");
    }
}
