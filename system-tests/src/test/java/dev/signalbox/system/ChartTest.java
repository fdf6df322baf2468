package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
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

/** The Helm chart, rendered by Helm's own library and held against the schemas of Kubernetes; no cluster is needed. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ChartTest {
    private static final Path CHART =
            Path.of("..", "deploy", "helm", "signalbox").toAbsolutePath().normalize();
    private static final Path PYTHON = Path.of("..", ".signalbox", "deploy", "bin", "python")
            .toAbsolutePath()
            .normalize();
    private static final Path GUIDE = Path.of("..", "docs", "deploy.md");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern VALUE = Pattern.compile("\\.Values\\.([A-Za-z.]+)");
    private static final Pattern BLOCK = Pattern.compile("^```yaml\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final String EVERYTHING = """
            {"replicas": 5, "image": {"repository": "registry.test/signalbox", "tag": "1.2.3", "pullPolicy": "Always"},
             "secrets": {"SIGNALBOX_DATABASE_PASSWORD": {"name": "db", "key": "password"}},
             "storage": {"size": "20Gi", "className": "fast"}, "leaveSeconds": 0, "maxUnavailable": 2,
             "terminationGracePeriodSeconds": 120, "resources": {"limits": {"cpu": "2"}}, "javaOptions": ""}""";

    /** As {@code helm lint --strict} and {@code helm template} do: fails, or writes what it rendered into a folder. */
    private static final String RENDER = """
            import json, os, sys
            import helm_python

            chart, folder, values = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
            report = helm_python.lint(chart, values, strict=True, kube_version="v1.30.0")
            problems = report["errors"] + [said["error"] for said in report["messages"] if said["severity"] >= 2]
            if problems:
                sys.exit("\\n".join(problems))
            with helm_python.Chart.load(chart) as loaded:
                for path, text in loaded.render(values, name="news", namespace="paper").items():
                    with open(os.path.join(folder, os.path.basename(path)), "w") as file:
                        file.write(text)
            """;

    @TempDir
    private Path folder;

    private Path rendered;

    @BeforeEach
    void makeRoom() throws IOException {
        rendered = Files.createDirectory(folder.resolve("rendered"));
    }

    private ToolRun render(String values) throws Exception {
        return ToolRun.of(folder, PYTHON.toString(), "-c", RENDER, CHART.toString(), rendered.toString(), values);
    }

    /** With all that Kubernetes does not know refused; its oldest version that the chart is for, and the newest there is. */
    private ToolRun validate() throws Exception {
        List<String> command =
                new ArrayList<>(List.of("kubernetes-validate", "--strict", "--quiet", "-k", "1.30", "-k", "1.37"));
        try (Stream<Path> files = Files.list(rendered)) {
            files.forEach(file -> command.add(file.toString()));
        }
        assertThat(command).hasSizeGreaterThan(9);
        return ToolRun.of(folder, command.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", EVERYTHING})
    void helmRendersWhatKubernetesTakes(String values) throws Exception {
        render(values).succeeded();

        assertThat(validate()).isEqualTo(new ToolRun(0, ""));
    }

    @Test
    void theGuidesClusterIsRenderedWithAConfigurationThatTheServerTakes() throws Exception {
        Matcher block = BLOCK.matcher(Files.readString(GUIDE));
        assertThat(block.find()).isTrue();
        JsonNode values = YAML.readTree(block.group(1));

        render(JsonMapper.shared().writeValueAsString(values)).succeeded();

        assertThat(validate()).isEqualTo(new ToolRun(0, ""));
        JsonNode nodes = YAML.readTree(Files.readString(rendered.resolve("statefulset.yaml")));
        assertThat(nodes.at("/spec/replicas").asInt()).isEqualTo(3);
        String file = YAML.readTree(Files.readString(rendered.resolve("configmap.yaml")))
                .at("/data/signalbox.yaml")
                .asString();
        assertThat(loaded(file).print()).contains("postgresql://db.example/signalbox");
    }

    @Test
    void aFieldThatKubernetesDoesNotKnowIsFound() throws Exception {
        render("{}").succeeded();
        Path nodes = rendered.resolve("statefulset.yaml");
        Files.writeString(nodes, Files.readString(nodes).replace("podManagementPolicy:", "podManagement:"));

        assertThat(validate().output()).contains("podManagement");
    }

    @Test
    void valuesThatTheSchemaDoesNotHaveAreRefused() throws Exception {
        ToolRun refused = render("{\"replica\": 3}");

        assertThat(refused.exit()).isNotZero();
        assertThat(refused.output()).contains("replica");
    }

    private Configuration loaded(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("signalbox.yaml"), text);
        return SignalboxCommand.FEATURES.load(
                Optional.of(file), Map.of("SIGNALBOX_DATABASE_PASSWORD", "secret"), List.of());
    }

    @Test
    void itHasAValueForEachThatItsTemplatesUseAndASchemaForThem() throws Exception {
        JsonNode values = values();
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(CHART.resolve("values.schema.json")));
        assertThat(schema.validate(values)).isEmpty();
        assertThat(schema.validate(YAML.readTree("replicas: many"))).isNotEmpty();

        List<String> used = new ArrayList<>();
        try (Stream<Path> templates = Files.list(CHART.resolve("templates"))) {
            for (Path template : templates.toList()) {
                VALUE.matcher(Files.readString(template)).results().forEach(value -> used.add(value.group(1)));
            }
        }
        assertThat(used)
                .hasSizeGreaterThan(8)
                .allSatisfy(path -> assertThat(
                                values.at("/" + path.replace('.', '/')).isMissingNode())
                        .as(path)
                        .isFalse());
    }

    @Test
    void theServerTakesItsConfiguration() throws Exception {
        assertThat(loaded(YAML.writeValueAsString(values().path("config"))).print())
                .contains("format: json");
    }

    private static JsonNode values() throws IOException {
        return YAML.readTree(Files.readString(CHART.resolve("values.yaml")));
    }
}
