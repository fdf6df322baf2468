package dev.signalbox.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.simulator.AcceptedMessage;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application as a process, against PostgreSQL and a simulated provider. */
class OrdersApplicationTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
    private static final SmsSimulator PROVIDER = SmsSimulator.start(SmsSimulatorOptions.defaults());
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static Process application;
    private static String root;

    @BeforeAll
    static void start() throws IOException {
        Path log = folder.resolve("application.log");
        application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OrdersApplication.class.getName(),
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.datasource.url=" + RealPostgres.shared().freshDatabase(),
                        "--sms.url=" + PROVIDER.sendUrl())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await("the application starts").atMost(PATIENCE).until(() -> {
            String text = Files.readString(log);
            assertThat(application.isAlive()).as(text).isTrue();
            return STARTED.matcher(text).find();
        });
        Matcher started = STARTED.matcher(Files.readString(log));
        assertThat(started.find()).isTrue();
        root = "http://127.0.0.1:" + started.group(1);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        PROVIDER.close();
        application.destroy();
        if (!application.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            application.destroyForcibly();
        }
    }

    private static HttpResponse<String> order(String what) throws IOException, InterruptedException {
        String form = "phone=" + URLEncoder.encode("+61491570006", StandardCharsets.UTF_8) + "&what=" + what;
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(root + "/orders"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> operate(String json) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(root + "/actuator/signalbox/sms"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(root + path)).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void anOrderIsConfirmedAndAFailedOneIsNot() throws Exception {
        HttpResponse<String> failed = order("dodo");
        HttpResponse<String> taken = order("bread");

        assertThat(failed.statusCode()).isEqualTo(409);
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
        String confirmation = "/confirmations/" + taken.body().replace("\"", "");
        Awaitility.await().atMost(PATIENCE).until(() -> get(confirmation).contains("SENT"));
        assertThat(PROVIDER.messages(10))
                .extracting(AcceptedMessage::content)
                .containsExactly("Thank you for ordering bread");
        assertThat(get("/actuator/signalbox"))
                .contains("\"SENT\":1")
                .contains("\"dispatch\":\"RUNNING\"")
                .doesNotContain("\"PENDING\":1");
        assertThat(get("/actuator/health")).contains("UP");
    }

    @Test
    void anOperatorPausesAChannel() throws Exception {
        HttpResponse<String> paused = operate("{\"operation\": \"pause\", \"reason\": \"bill unpaid\"}");
        HttpResponse<String> resumed = operate("{\"operation\": \"resume\"}");

        assertThat(paused.statusCode()).as(paused.body()).isEqualTo(200);
        assertThat(paused.body()).contains("\"sms\"").contains("bill unpaid");
        assertThat(resumed.body()).isEqualTo("[]");
        assertThat(operate("{\"operation\": \"explode\"}").statusCode()).isEqualTo(400);
    }
}
