package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Without any one feature a server still starts, and nothing of that feature is left. */
class FeatureRemovalTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** What a feature shows over REST and in the metrics. Features that are not named here show nothing there. */
    private static final Map<String, String> ROUTES = Map.of(
            "clients", "\"/api/clients\"",
            "sessions", "\"/api/sessions/{id}/events\"",
            "observatory", "\"/api/logs/pause\"",
            "leases", "\"/api/ha/handover\"",
            "inbox", "\"/api/inboxes/{recipient}\"",
            "attachments", "\"/api/attachments\"",
            "maintenance", "\"/api/maintenance\"",
            "delivery", "\"/api/messages\"");

    private static final Map<String, String> METRICS = Map.of(
            "clients", "signalbox_clients_connected",
            "topics", "signalbox_topics_subscribers",
            "maintenance", "signalbox_maintenance_admission",
            "delivery", "signalbox_queue_depth");

    @TempDir
    Path folder;

    static Stream<String> names() {
        return SignalboxCommand.FEATURES.all().stream().map(Feature::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void theOthersStartWithout(String name) throws Exception {
        Features rest = SignalboxCommand.FEATURES.without(name);
        try (Server server = start(rest)) {
            assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
            String document = get(server, "/openapi.json").body();
            ROUTES.forEach((owner, route) -> assertThat(document.contains(route))
                    .as("%s without %s", route, name)
                    .isEqualTo(!owner.equals(name)));
            assertThat(get(server, "/console/").statusCode()).isEqualTo(name.equals("console") ? 404 : 200);
            String metrics = get(server, "/metrics").body();
            METRICS.forEach((owner, metric) -> assertThat(metrics.contains(metric))
                    .as("%s without %s", metric, name)
                    .isEqualTo(!owner.equals(name)));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void itsKeysAndCommandsAreGone(String name) {
        Feature feature = SignalboxCommand.FEATURES.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        Features rest = SignalboxCommand.FEATURES.without(name);
        for (Key<?> key : feature.keys()) {
            assertThatThrownBy(() -> load(rest, key.at(0) + "=1"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(key.at(0) + ": ");
        }
        List<String> commands = rest.commands().stream().map(CommandEntry::name).toList();
        feature.commands(SignalboxCommand.FEATURES)
                .forEach(command -> assertThat(commands).doesNotContain(command.name()));
    }

    private Server start(Features features) {
        return Server.start(features, load(features, "control.port=0"));
    }

    private Configuration load(Features features, String... more) {
        List<String> sets = new ArrayList<>(List.of("data.folder=" + folder));
        sets.addAll(List.of(more));
        if (features.all().stream().anyMatch(feature -> feature.name().equals("clients"))) {
            sets.add("clients.port=0");
        }
        return features.load(Optional.empty(), Map.of(), sets);
    }

    private HttpResponse<String> get(Server server, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(server.controlUri().resolve(path))
                .header(
                        "Authorization",
                        "Bearer " + AdminToken.findOrCreate(folder).value());
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }
}
