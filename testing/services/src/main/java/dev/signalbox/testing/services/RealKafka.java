package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker in this process, on free ports of loopback with its files in a temporary folder. Groups rebalance without a
 * delay and may have short timeouts. Needs {@code kafka_2.13} on the class path. Thread-safe.
 */
public final class RealKafka implements AutoCloseable {
    private static final String PART = "Kafka: org.apache.kafka:kafka_2.13 as a dependency of the module";
    private static final long PATIENCE_SECONDS = 90;
    private static final AtomicInteger TOPICS = new AtomicInteger();

    /** Made on first use; ends with the JVM. */
    private static final class Shared {
        static final RealKafka INSTANCE = boot();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::close, "kafka-end"));
        }
    }

    private final Path folder;
    private final KafkaRaftServer server;
    private final String address;
    private final Admin admin;

    private RealKafka(Path folder, KafkaRaftServer server, String address) {
        this.folder = folder;
        this.server = server;
        this.address = address;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address));
    }

    /** The one broker of this JVM. Where it cannot run, the test is skipped with a line that says why; with {@code CI=true} it fails. */
    public static RealKafka shared() {
        return Missing.unlessStarts(PART, () -> Shared.INSTANCE);
    }

    /** A broker of one's own, for programs. */
    public static RealKafka start() {
        return boot();
    }

    private static RealKafka boot() {
        Path folder = Scratch.folder("kafka");
        String address = "127.0.0.1:" + FreePort.find();
        Properties settings = settings(folder, address, "127.0.0.1:" + FreePort.find());
        format(folder, settings);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
        return new RealKafka(folder, server, address);
    }

    private static Properties settings(Path folder, String clients, String controller) {
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "listeners", "PLAINTEXT://" + clients + ",CONTROLLER://" + controller,
                "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@" + controller,
                "log.dirs", folder.resolve("data").toString(),
                "log.cleaner.dedupe.buffer.size", "2097152",
                "controlled.shutdown.enable", "false",
                "auto.create.topics.enable", "false"));
        settings.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "500",
                "group.consumer.min.heartbeat.interval.ms", "100",
                "group.consumer.heartbeat.interval.ms", "200"));
        return settings;
    }

    private static void format(Path folder, Properties settings) {
        Path file = folder.resolve("server.properties");
        try (var out = Files.newOutputStream(file)) {
            settings.store(out, null);
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka has no place for its settings", e);
        }
        String[] arguments = {"format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()};
        int code = StorageTool.execute(arguments, new PrintStream(PrintStream.nullOutputStream()));
        if (code != 0) {
            throw new IllegalStateException("Kafka's storage cannot be formatted: code " + code);
        }
    }

    /** For {@code bootstrap.servers}. */
    public String address() {
        return address;
    }

    /** For questions about groups and offsets; closed with the broker. */
    public Admin admin() {
        return admin;
    }

    /** Makes a new empty topic and returns its name. */
    public String freshTopic(int partitions) {
        String name = "test-" + TOPICS.incrementAndGet();
        create(name, partitions);
        return name;
    }

    /** Makes a topic. */
    public void create(String topic, int partitions) {
        try {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka makes no topic", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Kafka made a topic", e);
        }
    }

    /** Ends it and deletes its files. */
    @Override
    public void close() {
        admin.close();
        server.shutdown();
        server.awaitShutdown();
        Scratch.delete(folder);
    }
}
