package dev.signalbox.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private void enter() throws InterruptedException {
        maintenance.enter(Signal.of("alice", "upgrade"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
    }
}
