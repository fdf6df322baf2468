package dev.signalbox.server.deliverycache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestServer;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server with the cache: messages are sent whether Redis is there or not. */
class ServerDeliveryCacheTest {
    @TempDir
    Path folder;

    private static void send(TestServer server) {
        Run sent = server.run("send", "--to", "sms:+61491570006", "hello");
        assertThat(sent.exitCode()).as(sent.err()).isZero();
    }

    @Test
    void messageThatIsSentIsFoundInRedis() {
        try (RealRedis redis = RealRedis.start();
                TestServer server = new TestServer(
                        folder, "delivery.cache.redis-url=" + redis.url(), "delivery.cache.prefix=sent:");
                RedisClient client = RedisClient.create(redis.url());
                var connection = client.connect()) {
            send(server);

            Awaitility.await().until(() -> connection.sync().keys("sent:*").size() == 1);
        }
    }

    @Test
    void serverStartsAndSendsWithoutItsRedis() {
        try (TestServer server = new TestServer(folder, "delivery.cache.redis-url=redis://127.0.0.1:1")) {
            send(server);

            Awaitility.await().until(() -> server.provider.stats().accepted() == 1);
        }
    }
}
