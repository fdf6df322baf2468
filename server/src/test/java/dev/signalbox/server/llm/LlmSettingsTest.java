package dev.signalbox.server.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.llm.LlmHttp;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.configuration.Configuration;
import io.netty.pkitesting.CertificateBuilder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the keys of language models become, and what is said about wrong ones. */
class LlmSettingsTest {
    @TempDir
    Path folder;

    private static Configuration load(Map<String, String> environment, String... more) {
        List<String> sets = new ArrayList<>(List.of("llm.models.0.name=m", "llm.models.0.model=gpt"));
        sets.addAll(List.of(more));
        return SignalboxCommand.FEATURES.load(Optional.empty(), environment, sets);
    }

    private static LlmConfig config(Map<String, String> environment, String... more) {
        return load(environment, more).values(reading -> new LlmSettings(reading).compose());
    }

    @Test
    void aModelIsReachedAsConfigured() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "of the gateway\n");
        LlmConfig.Model model = config(
                        Map.of("SIGNALBOX_LLM_MODELS_0_HEADERS_X_TEAM", "blue"),
                        "llm.models.0.proxy=http://proxy.example:3128",
                        "llm.models.0.headers.X-Gateway-Key-file=" + key)
                .models()
                .getFirst();
        assertThat(model.http()).isEqualTo(LlmHttp.DEFAULT.withProxy(URI.create("http://proxy.example:3128")));
        assertThat(model.headers())
                .hasSize(2)
                .hasEntrySatisfying("x-team", value -> assertThat(value.value()).isEqualTo("blue"))
                .hasEntrySatisfying(
                        "x-gateway-key", value -> assertThat(value.value()).isEqualTo("of the gateway"));
        assertThat(model.toString()).doesNotContain("of the gateway");
    }

    @Test
    void certificatesAreReadBeforeTheStart() throws Exception {
        String pem = new CertificateBuilder()
                .subject("CN=ca")
                .setIsCertificateAuthority(true)
                .buildSelfSigned()
                .getCertificatePEM();
        Path good = Files.writeString(folder.resolve("ca.pem"), pem);
        Path bad = Files.writeString(folder.resolve("key.pem"), "not a certificate");
        assertThat(config(Map.of(), "llm.models.0.ca-file=" + good)
                        .models()
                        .getFirst()
                        .http())
                .isEqualTo(LlmHttp.DEFAULT.withCaFile(good));
        assertThatThrownBy(() -> load(Map.of(), "llm.models.0.ca-file=" + bad))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("with certificates in PEM form");
    }

    @Test
    void timesAndBackoffHaveKeysOfTheirOwn() {
        var options =
                config(Map.of(), "llm.backoff=7s", "llm.first-token-timeout=9s").options();
        assertThat(options.backoff()).isEqualTo(Duration.ofSeconds(7));
        assertThat(options.firstTokenTimeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config(Map.of()).options().firstTokenTimeout()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void aToolHasItsLogic() {
        LlmConfig config = config(
                Map.of(),
                "llm.tools.0.name=disk",
                "llm.tools.0.description=Tells how full the disks are",
                "llm.tools.0.logic=exec",
                "llm.max-tool-rounds=3");
        assertThat(config.toolRounds()).isEqualTo(3);
        assertThat(config.tools()).singleElement().satisfies(tool -> {
            assertThat(tool.logic()).isEqualTo("exec");
            assertThat(tool.timeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(tool.parameters().path("type").asString()).isEqualTo("object");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llm.models.0.url=https://h/v1?key=canary|llm.models.0.url: |canary",
                "llm.models.0.url=https://me:canary@h/v1|llm.models.0.url: |canary",
                "llm.models.0.organization=two words|llm.models.0.organization: |~",
                "llm.models.0.proxy=https://h:1|llm.models.0.proxy: |~",
                "llm.models.0.proxy=http://me:canary@h:1|llm.models.0.proxy: |canary",
                "llm.models.0.ca-file=/does/not/exist.pem|llm.models.0.ca-file: |~",
                "llm.models.0.headers.host=canary|llm.models.0.headers.NAME: has the name host|canary",
                "llm.models.0.headers.x-key=ü-canary|llm.models.0.headers.x-key: its value is not allowed|canary",
                "llm.tools.0.name=t|llm.tools.0.description: is required|~",
                "llm.tools.0.logic=llm|llm.tools.0.logic: |~",
                "llm.tools.0.parameters=[]|llm.tools.0.parameters: |~",
                "llm.first-token-timeout=0s|llm.first-token-timeout: |~",
                "llm.cooldown=1s|llm.cooldown: there is no such key|~"
            })
    void aMistakeIsNamedByItsKey(String set, String message, String secret) {
        assertThatThrownBy(() -> load(Map.of(), set))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.toString()).doesNotContain(secret));
    }

    @Test
    void twoSourcesOfAuthorizationAreAMistake() {
        assertThatThrownBy(() -> load(
                        Map.of(), "llm.models.0.api-key=canary", "llm.models.0.headers.Authorization=Basic canary"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("llm.models.0.api-key sets as well")
                .hasMessageNotContaining("canary");
    }
}
