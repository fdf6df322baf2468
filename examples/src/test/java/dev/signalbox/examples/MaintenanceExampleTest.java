package dev.signalbox.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.services.RealKafka;
import dev.signalbox.testing.services.RealSqs;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The examples of maintenance: they work, rest, and work again. */
class MaintenanceExampleTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        maintenance.close();
    }

    @Test
    void theServiceRefusesDuringMaintenance() throws Exception {
        HttpServer server = MaintenanceHttpExample.serve(maintenance, 0);
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            assertThat(status(http, uri)).isEqualTo(200);
            enter();
            assertThat(status(http, uri)).isEqualTo(503);
            assertThat(status(http, uri.resolve("/health"))).isEqualTo(200);
        } finally {
            server.stop(0);
        }
    }

    private static int status(HttpClient http, URI uri) throws Exception {
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void theDatabaseIsLeftAloneDuringMaintenance() throws Exception {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("orders.db")))) {
            DataSource orders = MaintenanceDatabaseExample.gated(maintenance, database.dataSource());
            assertThat(MaintenanceDatabaseExample.count(orders)).isZero();
            enter();
            assertThatThrownBy(() -> MaintenanceDatabaseExample.count(orders))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("in maintenance");
        }
    }

    @Test
    void withJdbiTheDatabaseIsLeftAloneAndThenUsedAgain() throws Exception {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("jdbi.db")))) {
            var shop = new MaintenanceJdbiExample(maintenance, database.dataSource());
            assertThat(shop.buy("bread")).isEqualTo(1);
            enter();
            assertThatThrownBy(() -> shop.buy("bread")).rootCause().hasMessageContaining("in maintenance");
            leave();
            assertThat(shop.buy("bread")).isEqualTo(2);
        }
    }

    @Test
    void withHibernateTheDatabaseIsLeftAloneAndThenUsedAgain() throws Exception {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("hibernate.db")));
                var shop = new MaintenanceHibernateExample(maintenance, database.dataSource())) {
            assertThat(shop.buy("bread")).isEqualTo(1);
            enter();
            assertThatThrownBy(() -> shop.buy("bread")).rootCause().hasMessageContaining("in maintenance");
            leave();
            assertThat(shop.buy("bread")).isEqualTo(2);
        }
    }

    @Test
    void callsOfAllFourShapesAreRefusedDuringMaintenance() throws Exception {
        Server server = MaintenanceGrpcExample.serve(maintenance, 0);
        ManagedChannel channel = MaintenanceGrpcExample.channel(server);
        try {
            assertThat(MaintenanceGrpcExample.callAll(channel, "bread"))
                    .hasSize(4)
                    .containsOnly("taken: bread");
            enter();
            for (var shape : List.of(OrdersService.IMPORT, OrdersService.TALK)) {
                assertThatThrownBy(() -> MaintenanceGrpcExample.stream(channel, shape, "bread"))
                        .hasMessageContaining("UNAVAILABLE: in maintenance");
            }
            assertThatThrownBy(() -> MaintenanceGrpcExample.callAll(channel, "bread"))
                    .hasMessageContaining("UNAVAILABLE: in maintenance");
            leave();
            assertThat(MaintenanceGrpcExample.callAll(channel, "bread")).hasSize(4);
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    @Test
    void ordersInKafkaWaitForTheEndOfMaintenance() throws Exception {
        String address = RealKafka.shared().address();
        RealKafka.shared().create(MaintenanceKafkaExample.TOPIC, 4);
        List<String> handled = new CopyOnWriteArrayList<>();
        try (var worker = MaintenanceKafkaExample.work(maintenance, address, handled::add);
                var producer = MaintenanceKafkaExample.producer(address)) {
            producer.send(new ProducerRecord<>(MaintenanceKafkaExample.TOPIC, "one"))
                    .get();
            await().atMost(LONG).until(() -> handled.contains("one"));
            enter();
            producer.send(new ProducerRecord<>(MaintenanceKafkaExample.TOPIC, "two"))
                    .get();
            assertThat(worker.underWay()).isZero();
            assertThat(handled).containsExactly("one");
            leave();
            await().atMost(LONG).until(() -> handled.equals(List.of("one", "two")));
        }
    }

    @Test
    void ordersInSqsWaitForTheEndOfMaintenance() throws Exception {
        List<String> handled = new CopyOnWriteArrayList<>();
        try (SqsClient client = MaintenanceSqsExample.client(RealSqs.shared().url())) {
            String queue = MaintenanceSqsExample.queue(client);
            try (var worker = MaintenanceSqsExample.work(maintenance, client, queue, handled::add)) {
                client.sendMessage(request -> request.queueUrl(queue).messageBody("one"));
                await().atMost(LONG).until(() -> handled.contains("one"));
                enter();
                client.sendMessage(request -> request.queueUrl(queue).messageBody("two"));
                assertThat(worker.underWay()).isZero();
                assertThat(handled).containsExactly("one");
                leave();
                await().atMost(LONG).until(() -> handled.equals(List.of("one", "two")));
            }
        }
    }

    /** As the launcher lists them before anything is built. */
    @Test
    void eachExampleHasTheNameOfItsFile() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/signalbox/examples"))) {
            List<String> names = files.filter(MaintenanceExampleTest::hasMain)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Example.java"))
                    .map(name -> name.substring(0, name.length() - "Example.java".length()))
                    .map(name -> name.replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                    .toList();
            assertThat(Examples.names()).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    private static boolean hasMain(Path file) {
        try {
            return Files.readString(file).contains("static void main");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void leave() throws InterruptedException {
        maintenance.leave();
        assertThat(maintenance.await(Admission.OPEN, LONG)).isTrue();
    }

    private void enter() throws InterruptedException {
        maintenance.enter(Signal.of("alice", "upgrade"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
    }
}
