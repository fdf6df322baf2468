package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The files of {@code deploy/} and the workflows, as far as they can be checked without a daemon of Docker, a cluster, or a running systemd. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class DeploymentTest {
    private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();
    private static final Path DOCS = DEPLOY.resolveSibling("docs");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern METRIC = Pattern.compile("\\bsignalbox_[a-z_]+\\b");

    @TempDir
    private Path folder;

    @Test
    void theServerTakesTheVariablesOfCompose() throws Exception {
        JsonNode service = YAML.readTree(text("compose.yaml")).at("/services/signalbox");
        Map<String, String> variables = new HashMap<>();
        service.path("environment")
                .properties()
                .forEach(variable -> variables.put(
                        variable.getKey(),
                        value(variable.getKey(), variable.getValue().asString(""))));

        Configuration configuration = SignalboxCommand.FEATURES.load(Optional.empty(), variables, List.of());

        assertThat(variables).hasSizeGreaterThan(10);
        assertThat(configuration.warnings()).isEmpty();
    }

    /** A file that a container would have, with a secret of its own. */
    private String value(String variable, String value) {
        if (!variable.endsWith("_FILE")) {
            return value;
        }
        try {
            Path file = folder.resolve(Path.of(value).getFileName());
            return Files.writeString(file, file.getFileName() + "-0123456789abcdef".repeat(3))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void composeRefersToWhatIsThereAndOpensNothingToTheNetwork() throws Exception {
        JsonNode compose = YAML.readTree(text("compose.yaml"));
        JsonNode services = compose.path("services");
        Set<String> volumes = names(compose.path("volumes"));
        assertThat(names(services)).contains("postgres", "redis", "provider", "signalbox", "prometheus", "grafana");
        services.properties().forEach(entry -> {
            JsonNode service = entry.getValue();
            assertThat(names(services)).as(entry.getKey()).containsAll(names(service.path("depends_on")));
            strings(service.path("ports"))
                    .forEach(port -> assertThat(port).as(entry.getKey()).startsWith("127.0.0.1:"));
            strings(service.path("volumes")).forEach(volume -> {
                String source = source(volume);
                assertThat(source.startsWith("./") ? Files.exists(DEPLOY.resolve(source)) : volumes.contains(source))
                        .as("%s of %s", volume, entry.getKey())
                        .isTrue();
            });
        });
    }

    /** Docker's own check of names and types, in the version that Debian has; it does not know that a project can have a name. */
    @Test
    void composeIsValid() throws Exception {
        Path unnamed = Files.writeString(
                folder.resolve("compose.yaml"), text("compose.yaml").replaceFirst("(?m)^name: signalbox\n", ""));

        ToolRun ran = ToolRun.of(
                folder,
                "docker-compose",
                "--project-directory",
                DEPLOY.toString(),
                "-f",
                unnamed.toString(),
                "config",
                "--quiet");

        ran.succeeded();
    }

    @Test
    void theProxyOfTheClusterTakesItsConfiguration() throws Exception {
        ToolRun ran = ToolRun.of(
                folder,
                "haproxy",
                "-c",
                "-f",
                DEPLOY.resolve("haproxy/haproxy.cfg").toString());

        ran.succeeded();
        JsonNode cluster = YAML.readTree(text("compose.cluster.yaml"));
        assertThat(cluster.at("/services/signalbox/deploy/replicas").asInt()).isEqualTo(3);
        assertThat(strings(cluster.at("/services/haproxy/volumes")))
                .isNotEmpty()
                .allSatisfy(volume -> assertThat(DEPLOY.resolve(source(volume))).exists());
    }

    /** Of SOURCE:TARGET:MODE. */
    private static String source(String volume) {
        return volume.substring(0, volume.indexOf(':'));
    }

    /** The program itself is process 1, so that it gets the signals; it is nobody in particular, and asked whether it is well. */
    @Test
    void theImageRunsTheProgramAsAnOrdinaryUser() throws Exception {
        List<String> lines = text("Dockerfile").lines().toList();
        String last = String.join("\n", lines.subList(lines.lastIndexOf(lastWith(lines, "FROM ")), lines.size()));

        assertThat(last)
                .containsPattern("(?m)^USER [1-9][0-9]*:[1-9][0-9]*$")
                .containsPattern("(?m)^ENTRYPOINT \\[\"/opt/signalbox/bin/signalbox\"]$")
                .containsPattern("(?m)^HEALTHCHECK ")
                .contains("STOPSIGNAL SIGTERM")
                .doesNotContainPattern("(?m)^RUN ");
        assertThat(lines.stream().filter(line -> line.startsWith("FROM ")))
                .isNotEmpty()
                .allSatisfy(
                        from -> assertThat(from).containsPattern(":[a-z0-9.-]+").doesNotContain(":latest"));
    }

    private static String lastWith(List<String> lines, String start) {
        return lines.stream().filter(line -> line.startsWith(start)).reduce("", (before, line) -> line);
    }

    @Test
    void systemdTakesTheServiceAndFindsItConfined() throws Exception {
        String unit = text("debian/root/usr/lib/systemd/system/signalbox.service");
        assertThat(unit).contains("Type=notify\n", "ExecStart=/usr/lib/signalbox/bin/signalbox serve ");
        Path here = Files.writeString(
                folder.resolve("signalbox.service"), unit.replaceAll("(?m)^ExecStart=\\S+", "ExecStart=/bin/true"));

        ToolRun verified = ToolRun.of(folder, "systemd-analyze", "verify", "--man=no", here.toString());
        ToolRun security =
                ToolRun.of(folder, "systemd-analyze", "security", "--offline=true", "--threshold=25", here.toString());

        verified.succeeded();
        assertThat(verified.output()).doesNotContain("signalbox.service");
        security.succeeded();
    }

    @Test
    void theAlertsAreThoseOfTheDocuments() throws Exception {
        String alerts = text("prometheus/alerts.yml");

        assertThat(Files.readString(DOCS.resolve("operations.md")))
                .contains(alerts.substring(alerts.indexOf("groups:")));
    }

    /** Another test finds each metric that operations.md names in what a server shows. */
    @ParameterizedTest
    @ValueSource(strings = {"grafana/dashboards/signalbox.json", "prometheus/alerts.yml"})
    void eachMetricIsOneOfTheDocuments(String file) throws Exception {
        assertThat(metrics(text(file)))
                .hasSizeGreaterThan(4)
                .isSubsetOf(metrics(Files.readString(DOCS.resolve("operations.md"))));
    }

    private static Set<String> metrics(String text) {
        return METRIC.matcher(text)
                .results()
                .map(found -> found.group().replaceFirst("_(bucket|count|sum)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theDashboardHasADifferentPanelForEachQuestion() throws Exception {
        JsonNode panels = JsonMapper.shared()
                .readTree(text("grafana/dashboards/signalbox.json"))
                .path("panels");

        assertThat(panels.valueStream().map(panel -> panel.path("title").asString("")))
                .hasSizeGreaterThan(8)
                .doesNotHaveDuplicates();
        assertThat(panels.valueStream())
                .allSatisfy(panel -> assertThat(
                                panel.path("targets").path(0).path("expr").asString(""))
                        .isNotEmpty());
    }

    @Test
    void hadolintFindsNothingInTheDockerfile() throws Exception {
        ToolRun.of(folder, "hadolint", DEPLOY.resolve("Dockerfile").toString()).succeeded();
    }

    @Test
    void theWorkflowsAreYaml() throws Exception {
        try (Stream<Path> files = Files.list(DEPLOY.resolveSibling(".github").resolve("workflows"))) {
            assertThat(files.toList())
                    .hasSizeGreaterThan(1)
                    .allSatisfy(file -> assertThat(
                                    names(YAML.readTree(Files.readString(file)).path("jobs")))
                            .as("jobs of %s", file)
                            .isNotEmpty());
        }
    }

    @Test
    void actionlintFindsNothingInTheWorkflows() throws Exception {
        List<String> command = new ArrayList<>(List.of("actionlint", "-no-color"));
        try (Stream<Path> files = Files.list(DEPLOY.resolveSibling(".github").resolve("workflows"))) {
            files.forEach(file -> command.add(file.toString()));
        }

        ToolRun.ofOptional(folder, command.toArray(String[]::new)).succeeded();
    }

    private static String text(String file) throws IOException {
        return Files.readString(DEPLOY.resolve(file));
    }

    private static Set<String> names(JsonNode object) {
        return new TreeSet<>(object.propertyNames());
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(each -> each.asString("")).toList();
    }
}
